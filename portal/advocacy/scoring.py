"""Help scores as the members' table keeps them: recomputed from the ledger, for some or for all.

Ages are whole days between the day of the acknowledgement and today (UTC), so that a score stands still
within a day and what was recomputed for one member equals what a recomputation of all would give.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, case, func, or_, select, union_all, update

from portal import clock
from portal.advocacy import ledger, voices
from portal.advocacy.ledger import Pair, day_of, in_chunks, one_at_a_time, standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.score import Line, Score, Terms, Voice, aged_sums, given_away, grains, score_one
from portal.config import settings
from portal.db import db, writing
from portal.members.models import Member

if TYPE_CHECKING:
    from portal.advocacy.vectors import Lines

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is."""

REBUILD_CHUNK = 500
STEPS = 6
"""Half-lives that are told apart when it is only asked how much lines weigh at the most."""


@dataclass(frozen=True)
class Account:
    """What the formula needs to know, for some helpers or for all."""

    lines: Collection[Line]
    """Theirs, what they acknowledged in turn, and all of whoever may have used up their budget."""
    sums: Mapping[int, Mapping[int, float]]
    given: Mapping[int, float]
    voices: Mapping[int, Voice]

    def score(self, helper: int) -> Score:
        """The score of one helper, with all it is made of."""
        return score_one(helper, self.sums, self.given, self.voices, terms())

    def kept(self, helper: int) -> tuple[float, int]:
        """What the member's row keeps: the score, and how many people it was who were helped."""
        return self.score(helper).total, len(self.sums.get(helper, ()))


def weights() -> dict[str, float]:
    """What each sort of line weighs, by the settings."""
    s = settings()
    return {
        "accepted": s.score_accepted, "asker_thanks": s.score_asker_thanks, "thanks": s.score_other_thanks,
        "decided": s.score_decided,
    }  # fmt: skip


def terms() -> Terms:
    """The formula's own two numbers, by the settings."""
    return Terms(settings().score_half_life_days, settings().score_voice_budget)


def account_of(helpers: Collection[int]) -> Account:
    """All it takes to score these members as of today: whom they helped, what those gave, what went back.

    Of those they helped, only who may have used up their budget is read whole: everybody else's voice is not
    shared out, whatever else they gave.
    """
    e, lines = LedgerEntry, dict[int, Line]()
    for ids in in_chunks(sorted(helpers)):
        own, in_turn = select(e.id).where(e.helper_id.in_(ids)), select(e.id).where(e.helped_id.in_(ids))
        lines |= _lines(e.id.in_(union_all(own, in_turn)))  # one index each; "or" would read the whole table
    people = {line.helped for line in lines.values()}
    for ids in in_chunks(sorted(people)):
        lines |= _lines(e.helped_id.in_(_perhaps_spent(ids)))
    sums = aged_sums(lines.values(), terms().half_life)
    return Account(lines.values(), sums, given_away(sums), voices.of_members(people | set(helpers)))


def _perhaps_spent(people: Collection[int], more: int = 0) -> Select[Any]:
    """Those of these people who may have given away more than the budget with so many lines more.

    The database adds up what their lines weigh at the most: each as if it were as young as the youngest within
    one half-life; first as if each were of the heaviest sort, which an index tells, then by their sorts. That is
    too much by less than twice, so that few are read line by line for nothing.
    """
    e, half_life = LedgerEntry, timedelta(days=terms().half_life)
    tonight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    steps = ((e.at >= tonight - half_life * n, 0.5 ** (n - 1)) for n in range(1, STEPS))
    faded = case(*steps, else_=0.5 ** (STEPS - 1))
    most = max(weights().values())
    left = (terms().budget - more * most) * (1 - 1e-9)  # sums of the database are rounded
    each = select(e.helped_id).group_by(e.helped_id)
    roughly = each.where(e.helped_id.in_(people)).having(func.sum(faded) * most > left)
    weight = case(weights(), value=e.sort, else_=0.0)
    return each.where(e.helped_id.in_(roughly)).having(func.sum(weight * faded) > left)


def recompute(helpers: Collection[int]) -> None:
    """Bring the kept scores of these members up to date."""
    account = account_of(helpers)
    _keep({helper: account.kept(helper) for helper in helpers})


def recompute_after(changed: Iterable[Pair], changed_voices: Collection[int] = ()) -> None:
    """Recompute whoever is concerned when these lines came or went, and when these members' voices changed.

    That is the helper and the one helped (mutual thanks count less); and all whom a voice credits, if that
    voice changed, or if its budget is used up, with or without what changed.
    """
    pairs = list(changed)
    loud = set(changed_voices) | _spent(Counter(pair.helped for pair in pairs))
    concerned = {p.helper for p in pairs} | {p.helped for p in pairs} | set(changed_voices)
    for ids in in_chunks(sorted(loud)):
        query = select(LedgerEntry.helper_id).where(LedgerEntry.helped_id.in_(ids), standing()).distinct()
        concerned.update(db.session.scalars(query))
    if concerned:
        recompute(concerned)


def _spent(changed: Mapping[int, int]) -> set[int]:
    """Those of these people whose budget is used up, with or without so many lines of theirs that changed."""
    found: set[int] = set()
    most = max(weights().values())
    for ids in in_chunks(sorted(changed)):
        wanted = _perhaps_spent(ids, max(changed[person] for person in ids))
        given = given_away(aged_sums(_lines(LedgerEntry.helped_id.in_(wanted)).values(), terms().half_life))
        found.update(person for person in ids if given.get(person, 0.0) + most * changed[person] > terms().budget)
    return found


def recompute_all() -> None:
    """Recompute every member's score: acts of help have aged by a day, voices have grown."""
    from portal.advocacy.vectors import score_everybody  # numpy is for the worker alone

    one_at_a_time()
    wanted = score_everybody(_all_lines(), voices.of_everybody(), terms())
    of_old = select(Member.id).where(or_(Member.help_score != 0, Member.helped_count != 0))
    _keep(dict.fromkeys(db.session.scalars(of_old), (0.0, 0)) | wanted)


def rebuild_scores(progress: Progress | None = None) -> int:
    """Bring the whole ledger in line with what stands, from nothing if need be, and all scores with it.

    In portions, each a transaction of its own, so that others can write in between. Says how many lines changed.
    """
    ids, changed = ledger.ever_acknowledged(), 0
    db.session.rollback()
    for start in range(0, len(ids), REBUILD_CHUNK):
        with writing():
            one_at_a_time()
            changed += len(ledger.bring_in_line(ids[start : start + REBUILD_CHUNK], "rebuilt"))
        if progress:
            progress(min(start + REBUILD_CHUNK, len(ids)), len(ids))
    with writing():
        recompute_all()
    return changed


def _all_lines() -> "Lines":
    """Every line that stands, as of today; the database says their days, so that no time is read as text."""
    import numpy as np

    from portal.advocacy.vectors import Lines

    e, sorts = LedgerEntry, weights()
    number = case({sort: n for n, sort in enumerate(sorts)}, value=e.sort)
    query = select(e.helper_id, e.helped_id, number, day_of(e.at)).where(standing())
    parts = [
        np.fromiter(chain.from_iterable(rows), np.int64, 4 * len(rows)).reshape(-1, 4)
        for rows in db.session.execute(query.execution_options(yield_per=50_000)).partitions()
    ]
    helper, helped, sort, day = (np.concatenate(parts) if parts else np.empty((0, 4), np.int64)).T
    age = np.maximum(_today() - day, 0)
    days = range(int(age.max()) + 1 if len(age) else 0)
    worth = np.array([[grains(weight, a, terms().half_life) for a in days] for weight in sorts.values()], np.int64)
    return Lines(helper, helped, worth[sort, age] if len(age) else age)


def _today() -> int:
    """Whole days from 1 January 1970 until today, as `ledger.day_of` counts them."""
    return (clock.now().date() - date(1970, 1, 1)).days


def _lines(condition: Any) -> dict[int, Line]:
    """Standing lines by their number, so that one that was asked for twice counts once."""
    e, today, weight = LedgerEntry, _today(), weights()
    rows = db.session.execute(
        select(e.id, e.helper_id, e.helped_id, e.sort, day_of(e.at)).where(condition, standing())
    )
    return {number: Line(helper, helped, weight[sort], today - day) for number, helper, helped, sort, day in rows}


def _keep(wanted: Mapping[int, tuple[float, int]]) -> None:
    """Write scores and counts where they differ from what is kept, in one order, so that no two wait for each other."""
    table = Member.__table__
    change = (
        update(table)
        .where(table.c.id == bindparam("number"))
        .values(help_score=bindparam("score"), helped_count=bindparam("count"))
    )
    kept_columns = (table.c.id, table.c.help_score, table.c.helped_count)
    for ids in in_chunks(sorted(wanted)):
        rows = db.session.execute(select(*kept_columns).where(table.c.id.in_(ids)).order_by(table.c.id))
        changed = [
            {"number": n, "score": wanted[n][0], "count": wanted[n][1]} for n, *kept in rows if (*kept,) != wanted[n]
        ]
        if changed:
            db.session.connection().execute(change, changed)
        for one in changed:
            loaded = db.session.identity_map.get(db.session.identity_key(Member, one["number"]))
            if loaded is not None:
                db.session.expire(loaded, ["help_score", "helped_count"])
