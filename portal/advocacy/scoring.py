"""Help scores as the members' table keeps them: recomputed from the ledger, for some or for all.

Ages are whole days between the day of the acknowledgement and today (UTC), so that a score stands still
within a day and what was recomputed for one member equals what a recomputation of all would give.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select, update

from portal import clock
from portal.advocacy import ledger, voices
from portal.advocacy.ledger import Pair, in_chunks, one_at_a_time, standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.score import Line, Score, Terms, Voice, aged_sums, given_away, score_one
from portal.config import settings
from portal.db import db, writing
from portal.members.models import Member

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is."""

REBUILD_CHUNK = 500


@dataclass(frozen=True)
class Account:
    """What the formula needs to know, for some helpers or for all."""

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
    """All it takes to score these members as of today: whom they helped, all that those gave, what went back."""
    helped: set[int] = set()
    for ids in in_chunks(sorted(helpers)):
        query = select(LedgerEntry.helped_id).where(LedgerEntry.helper_id.in_(ids), standing()).distinct()
        helped.update(db.session.scalars(query))
    lines: dict[int, Line] = {}
    for ids in in_chunks(sorted(helped)):
        lines |= _lines(LedgerEntry.helped_id.in_(ids))
        for some in in_chunks(sorted(helpers)):
            lines |= _lines(and_(LedgerEntry.helper_id.in_(ids), LedgerEntry.helped_id.in_(some)))
    sums = aged_sums(lines.values(), terms().half_life)
    return Account(sums, given_away(sums), voices.of_members(helped | set(helpers)))


def account_of_all() -> Account:
    """All it takes to score everybody as of today."""
    sums = aged_sums((line for _, line in _rows(_standing_lines())), terms().half_life)
    return Account(sums, given_away(sums), voices.of_everybody())


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
    most = max(weights().values())
    spent: dict[int, float] = {}
    for pair in pairs:
        spent[pair.helped] = spent.get(pair.helped, 0.0) + most
    for ids in in_chunks(sorted(spent)):
        sums = aged_sums(_lines(LedgerEntry.helped_id.in_(ids)).values(), terms().half_life)
        for helped, total in given_away(sums).items():
            spent[helped] += total
    loud = set(changed_voices) | {helped for helped, total in spent.items() if total > terms().budget}
    concerned = {p.helper for p in pairs} | {p.helped for p in pairs} | set(changed_voices)
    for ids in in_chunks(sorted(loud)):
        query = select(LedgerEntry.helper_id).where(LedgerEntry.helped_id.in_(ids), standing()).distinct()
        concerned.update(db.session.scalars(query))
    if concerned:
        recompute(concerned)


def recompute_all() -> None:
    """Recompute every member's score: acts of help have aged by a day, voices have grown."""
    one_at_a_time()
    account = account_of_all()
    wanted = {helper: account.kept(helper) for helper in account.sums}
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


def _standing_lines() -> Any:
    return select(
        LedgerEntry.id, LedgerEntry.helper_id, LedgerEntry.helped_id, LedgerEntry.sort, LedgerEntry.at
    ).where(standing())


def _rows(query: Select[Any]) -> Iterator[tuple[int, Line]]:
    today, weight = clock.now().date(), weights()
    rows = db.session.execute(query.execution_options(yield_per=10_000))
    for number, helper, helped, sort, at in rows:
        yield number, Line(helper, helped, weight[sort], (today - at.date()).days)


def _lines(condition: Any) -> dict[int, Line]:
    """Standing lines by their number, so that one that was asked for twice counts once."""
    return dict(_rows(_standing_lines().where(condition)))


def _keep(wanted: Mapping[int, tuple[float, int]]) -> None:
    """Write scores and counts where they differ from what is kept, in one order, so that no two wait for each other."""
    table = Member.__table__
    for ids in in_chunks(sorted(wanted)):
        kept = {
            row.id: (row.help_score, row.helped_count)
            for row in db.session.execute(
                select(table.c.id, table.c.help_score, table.c.helped_count).where(table.c.id.in_(ids))
            )
        }
        for member_id, (score, count) in ((i, wanted[i]) for i in ids if i in kept and kept[i] != wanted[i]):
            db.session.execute(
                update(table).where(table.c.id == member_id).values(help_score=score, helped_count=count)
            )
            loaded = db.session.identity_map.get(db.session.identity_key(Member, member_id))
            if loaded is not None:
                db.session.expire(loaded, ["help_score", "helped_count"])
