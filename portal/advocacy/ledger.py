"""The ledger of who helped whom: bringing its lines in line with what stands as thanks and acceptances.

Lines are only ever added. What is no longer true (thanks taken back, a text hidden, somebody suspended
or erased) is reversed by a line of its own; what becomes true again is a new line.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union,
)  # fmt: skip
from sqlalchemy.orm import aliased
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from portal.advocacy.models import LedgerEntry, SetAside
from portal.contributions.models import Acceptance, Contribution, Thanks
from portal.db import db
from portal.members.models import Member

CHUNK = 10_000
"""Ids in one question to the database: SQLite takes 32,766 at the most."""
DECIDING = ("story", "photo")
"""What customers show of what came of it: thanks for these are of somebody whom it helped to decide."""
ONE_AT_A_TIME = 0x4C454447
"""The number of the lock that keeps two workers from writing the ledger at once ("LEDG")."""


class Fact(NamedTuple):
    """A thanks or an acceptance that stands."""

    sort: str
    source_id: int
    contribution_id: int
    helper_id: int
    helped_id: int
    at: datetime


class Pair(NamedTuple):
    """Somebody who helped, and whom."""

    helper: int
    helped: int


def one_at_a_time() -> None:
    """Wait until no other worker writes ledger or scores, until the transaction ends.

    Two that read before the other has committed would both add a line, or lose each other's score.
    SQLite lets one transaction write at a time anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})


def standing(entry: Any = LedgerEntry) -> ColumnElement[bool]:
    """A condition: the line is no reversal and has none."""
    reversal = aliased(LedgerEntry)
    first: Any = entry.reverses_id
    if db.session.get_bind().dialect.name == "sqlite":
        # To SQLite an index that is unique promises one row, for NULL too, which nearly every line has here. With
        # a plus before it the column is no index's, and the lines of a few people are found by those people.
        first = plus(first)
    return and_(first.is_(None), ~exists().where(reversal.reverses_id == entry.id))


def plus(column: Any) -> Any:
    """The column's own value, but not by an index."""
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


def day_of(at: Any) -> ColumnElement[int]:
    """For the database: the whole days (UTC) from 1 January 1970 until the day of this column."""
    if db.session.get_bind().dialect.name == "postgresql":
        return cast(func.floor(func.extract("epoch", at) / literal_column("86400")), Integer)
    return _whole(cast(func.strftime("%s", at), Integer), 86400)


def week_of(at: Any) -> ColumnElement[int]:
    """For the database: a number for the week, Monday to Sunday (UTC), that grows by one each week."""
    return _whole(day_of(at) + literal_column("3"), 7)  # 1 January 1970 was a Thursday


def _whole(number: Any, by: int) -> ColumnElement[int]:
    """Division of whole numbers; the literal keeps one expression the same wherever a statement says it."""
    return number.op("/", precedence=8)(literal_column(str(by)))  # type: ignore[no-any-return]


def bring_in_line(contribution_ids: Collection[int], why: str = "") -> list[Pair]:
    """Add the lines that are missing and reverse those no longer true, for these contributions.

    Says whom it concerned, each changed line once. Doing it twice changes nothing the second time.
    """
    changed: list[Pair] = []
    for ids in in_chunks(sorted(contribution_ids)):
        facts = {(f.sort, f.source_id): f for f in _facts(ids)}
        lines = {
            (e.sort, e.source_id): e
            for e in db.session.scalars(
                select(LedgerEntry).where(LedgerEntry.contribution_id.in_(ids), standing()).order_by(LedgerEntry.id)
            )
        }
        for key in sorted(facts.keys() - lines.keys()):
            db.session.add(LedgerEntry(**facts[key]._asdict()))
            changed.append(Pair(facts[key].helper_id, facts[key].helped_id))
        for key in sorted(lines.keys() - facts.keys()):
            line = lines[key]
            db.session.add(
                LedgerEntry(
                    helper_id=line.helper_id, helped_id=line.helped_id, contribution_id=line.contribution_id,
                    sort=line.sort, source_id=line.source_id, at=line.at, reverses_id=line.id, why=why[:60],
                )
            )  # fmt: skip
            changed.append(Pair(line.helper_id, line.helped_id))
    db.session.flush()
    return changed


def _facts(contribution_ids: Sequence[int]) -> Iterator[Fact]:
    """What stands for these contributions: published ones (parents too), both people still members in good standing.

    What a moderator's decision about a finding set aside does not stand until that is lifted.
    """
    parent, helper, helped = aliased(Contribution), aliased(Member), aliased(Member)
    asked = and_(parent.kind == "topic", parent.author_id == helped.id)

    def told(source: Any, giver_id: Any, sort: Any) -> Select[Any]:
        of = source.contribution_id if source is Thanks else source.reply_id
        # By whom it was said of what, not by its row: said again after the decision it would be another row.
        meant = aliased(source)
        aside = exists().where(
            SetAside.sort == ("thanks" if source is Thanks else "accepted"),
            SetAside.contribution_id == of,
            SetAside.lifted_at.is_(None),
            meant.id == SetAside.source_id,
            (meant.giver_id if source is Thanks else meant.by_id) == giver_id,
        )
        return (
            select(sort, source.id, Contribution.id, Contribution.author_id, giver_id, source.at)
            .join(Contribution, Contribution.id == of)
            .outerjoin(parent, parent.id == Contribution.parent_id)
            .join(helper, helper.id == Contribution.author_id)
            .join(helped, helped.id == giver_id)
            .where(
                of.in_(contribution_ids),
                source.withdrawn_at.is_(None),
                Contribution.state == "published",
                or_(Contribution.parent_id.is_(None), parent.state == "published"),
                Contribution.author_id != giver_id,
                *(who.erased_at.is_(None) for who in (helper, helped)),
                *(who.suspended_at.is_(None) for who in (helper, helped)),
                ~aside,
            )
        )

    sort = case((asked, "asker_thanks"), (Contribution.kind.in_(DECIDING), "decided"), else_="thanks")
    thanks = told(Thanks, Thanks.giver_id, sort)
    # Only the asker's own word makes a line: a moderator may mark a reply, but was not the one helped.
    accepted = told(Acceptance, Acceptance.by_id, literal("accepted")).where(asked)
    for query in (thanks, accepted):
        yield from (Fact(*row) for row in db.session.execute(query))


def below(contribution_ids: Collection[int]) -> set[int]:
    """The replies to these contributions that somebody was helped by: they are hidden along with their parent."""
    found: set[int] = set()
    for ids in in_chunks(sorted(contribution_ids)):
        found.update(
            db.session.scalars(
                select(Contribution.id).where(Contribution.parent_id.in_(ids), _acknowledged(Contribution.id))
            )
        )
    return found


def concerning(member_ids: Collection[int]) -> set[int]:
    """The contributions by which these members helped, or were helped, whether it stands now or not."""
    found: set[int] = set()
    for ids in in_chunks(sorted(member_ids)):
        own = select(Contribution.id).where(Contribution.author_id.in_(ids), _acknowledged(Contribution.id))
        thanked = select(Thanks.contribution_id).where(Thanks.giver_id.in_(ids))
        accepted = select(Acceptance.reply_id).where(Acceptance.by_id.in_(ids))
        found.update(db.session.scalars(union(own, thanked, accepted)))
    return found


def ever_acknowledged() -> Sequence[int]:
    """Every contribution that somebody ever said helped, in order."""
    told = union(select(Thanks.contribution_id), select(Acceptance.reply_id), select(LedgerEntry.contribution_id))
    return sorted(db.session.scalars(told))


def _acknowledged(contribution_id: Any) -> ColumnElement[bool]:
    return or_(
        exists().where(Thanks.contribution_id == contribution_id),
        exists().where(Acceptance.reply_id == contribution_id),
        exists().where(LedgerEntry.contribution_id == contribution_id),
    )


def in_chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Ids in pieces that the database takes."""
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
