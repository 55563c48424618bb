"""What the tables say should be in the index: published contributions of published conversations."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, scoped_session

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.members.models import Member
from portal.search.engine import Document
from portal.text import plain

BATCH, ROOTS = 500, 100

Reading: TypeAlias = "Session | scoped_session[Any]"
"""Whatever session the caller reads in."""

_own = Contribution.__table__.alias("own")
_root = Contribution.__table__.alias("root")
_is_public = and_(_own.c.state == "published", _root.c.state == "published", _own.c.published_at.is_not(None))


def _select() -> Select[Any]:
    product = aliased(Product)
    return (
        select(
            _own.c.id, _own.c.kind, _own.c.title, _own.c.html, _own.c.published_at, _own.c.board_id,
            _own.c.accepted_count, (_own.c.thanks_count + _own.c.anonymous_thanks).label("thanks"),
            _root.c.id.label("root_id"), Member.username, product.slug.label("product"),
        )
        .join(_root, _root.c.id == func.coalesce(_own.c.parent_id, _own.c.id))
        .join(Member, Member.id == _own.c.author_id)
        .outerjoin(product, product.id == _own.c.product_id)
        .where(_is_public)
        .order_by(_own.c.id)
    )  # fmt: skip


def load(session: Reading, ids: Iterable[int]) -> list[Document]:
    """The documents of these contributions; those the public may not read are missing."""
    wanted = sorted(set(ids))
    found: list[Document] = []
    for at in range(0, len(wanted), BATCH):
        rows = session.execute(_select().where(_own.c.id.in_(wanted[at : at + BATCH]))).all()
        found += _documents(session, rows)
    return found


def load_after(session: Reading, last: int) -> list[Document]:
    """The next batch of all documents, by rising id, behind the one with the id `last`; empty at the end."""
    return _documents(session, session.execute(_select().where(_own.c.id > last).limit(BATCH)).all())


def all_committed() -> Iterator[list[Document]]:
    """Every document as committed, in batches, each read in a transaction of its own.

    One long transaction would keep SQLite's write-ahead log from shrinking.
    """
    last = 0
    while True:
        with Session(db.engine) as session:
            batch = load_after(session, last)
        if not batch:
            return
        yield batch
        last = batch[-1].id


def newest_first() -> Iterator[list[Document]]:
    """The same by conversations, those begun last first: each with its replies, in some batches of rising ids."""
    last = None
    while True:
        with Session(db.engine) as session:
            roots = select(_own.c.id).where(_own.c.parent_id.is_(None), _own.c.state == "published")
            before = roots if last is None else roots.where(_own.c.id < last)
            some = session.scalars(before.order_by(_own.c.id.desc()).limit(ROOTS)).all()
            ids = sorted(with_replies(session, some))
        if not some:
            return
        last = some[-1]
        for at in range(0, len(ids), BATCH):
            with Session(db.engine) as session:
                if batch := load(session, ids[at : at + BATCH]):
                    yield batch


def count(session: Reading) -> int:
    """How many documents there should be."""
    joined = _own.join(_root, _root.c.id == func.coalesce(_own.c.parent_id, _own.c.id))
    return session.scalar(select(func.count()).select_from(joined).where(_is_public)) or 0


def with_replies(session: Reading, ids: Iterable[int]) -> set[int]:
    """These contributions, all replies below them, and the conversations they are replies in."""
    wanted = set(ids)
    found = set(wanted)
    for part in _parts(wanted):
        rows = session.execute(
            select(_own.c.id, _own.c.parent_id).where(or_(_own.c.id.in_(part), _own.c.parent_id.in_(part)))
        )
        for number, parent in rows:
            found.add(number)
            if parent is not None:
                found.add(parent)
    return found


def with_roots(session: Reading, ids: Iterable[int]) -> set[int]:
    """These contributions and the conversations they are replies in."""
    found = set(ids)
    for part in _parts(set(found)):
        parents = session.scalars(select(_own.c.parent_id).where(_own.c.id.in_(part), _own.c.parent_id.is_not(None)))
        found.update(parents)
    return found


def of_authors(session: Reading, member_ids: Iterable[int]) -> set[int]:
    """All contributions these members wrote."""
    found: set[int] = set()
    for part in _parts(set(member_ids)):
        found |= set(session.scalars(select(_own.c.id).where(_own.c.author_id.in_(part))))
    return found


def _parts(ids: set[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for at in range(0, len(ordered), BATCH):
        yield ordered[at : at + BATCH]


def _documents(session: Reading, rows: Sequence[Any]) -> list[Document]:
    roots = {row.id for row in rows if row.id == row.root_id}
    tags: dict[int, list[str]] = {}
    if roots:
        named = (
            select(contribution_tag.c.contribution_id, Tag.name)
            .join(Tag, Tag.id == contribution_tag.c.tag_id)
            .where(contribution_tag.c.contribution_id.in_(roots))
            .order_by(Tag.name)
        )
        for number, name in session.execute(named):
            tags.setdefault(number, []).append(name)
    return [_document(row, tuple(tags.get(row.id, ()))) for row in rows]


def _document(row: Any, tags: tuple[str, ...]) -> Document:
    what: dict[str, Any] = {
        "id": row.id, "root_id": row.root_id, "kind": row.kind, "author": row.username, "text": plain(row.html),
        "published_at": row.published_at, "thanks": max(0, row.thanks),
    }  # fmt: skip
    if row.id == row.root_id:
        what |= {
            "title": row.title, "board_id": row.board_id, "product": row.product or "", "tags": tags,
            "solved": row.kind == "topic" and row.accepted_count > 0,
        }  # fmt: skip
    return Document(**what)
