"""Writing imported rows in bulk, as drafts, and opening them to the public all at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, insert, select, true, update
from sqlalchemy.orm import aliased

from portal import clock
from portal import text as texts
from portal.contributions import lifecycle
from portal.contributions.models import Acceptance, Contribution, Tag, contribution_tag
from portal.contributions.writing import parse_tags
from portal.db import db, insert_new
from portal.forum.models import Board, Topic
from portal.members.models import Member
from portal.members.names import objection_to_username

table = Contribution.__table__


def board_for(site: str) -> int:
    """The board an import goes into, made if need be; returns its number."""
    board = db.session.scalar(select(Board).where(Board.slug == site[:60]))
    if board is None:
        name = site.replace("-", " ").capitalize()[:60]
        last = db.session.scalar(select(func.max(Board.place_in_list))) or 0
        board = Board(name=name, slug=site[:60], place_in_list=last + 1)
        db.session.add(board)
        db.session.flush()
    return board.id


def nobody(site: str) -> int:
    """Who stands for authors that are not in the dump any more; returns the number."""
    key = f"{site}:nobody"
    member = db.session.scalar(select(Member).where(Member.imported_from == key))
    if member is None:
        member = Member(
            username=_free_usernames([(f"former-{site}", 0)])[0], display_name="a former member", imported_from=key,
            erased_at=clock.now(),
        )  # fmt: skip
        db.session.add(member)
        db.session.flush()
    return member.id


def add_members(rows: Sequence[dict[str, Any]]) -> None:
    """Add members who cannot sign in."""
    names = _free_usernames([(row["display_name"], row["number"]) for row in rows])
    for row, username in zip(rows, names, strict=True):
        values = {name: value for name, value in row.items() if name != "number"}
        db.session.add(Member(username=username, **values))
    db.session.flush()


def _free_usernames(wanted: Sequence[tuple[str, int]]) -> list[str]:
    """A username for each display name, with its number behind it where it is taken or reserved."""
    plain = [(texts.slugify(name)[:30].strip("-"), number) for name, number in wanted]
    numbered = [
        f"{(base[:20].strip('-') if base.isascii() else '') or 'member'}-{abs(number)}" for base, number in plain
    ]
    taken = set(
        db.session.scalars(
            select(Member.username).where(Member.username.in_({base for base, _ in plain} | set(numbered)))
        )
    )
    names: list[str] = []
    for (base, number), fallback in zip(plain, numbered, strict=True):
        name = base if base not in taken and not objection_to_username(base) else fallback
        while name in taken:
            name = f"{fallback[:24]}-{number % 97}{len(taken) % 97}"
            number += 1
        taken.add(name)
        names.append(name)
    return names


def add_topics(rows: Sequence[dict[str, Any]]) -> None:
    """Add questions as drafts, with their tags; `tags` and `closed_at` are not columns of the base."""
    if not rows:
        return
    extra = [(row.pop("tags"), row.pop("closed_at")) for row in rows]
    ids = _add(rows)
    db.session.execute(
        insert(Topic.__table__),
        [
            {"id": ids[row["imported_from"]], "format": "question", "locked_at": closed_at}
            for row, (_, closed_at) in zip(rows, extra, strict=True)
        ],
    )
    tags = {ids[row["imported_from"]]: parse_tags(names) for row, (names, _) in zip(rows, extra, strict=True)}
    names = sorted({name for several in tags.values() for name in several})
    insert_new(Tag.__table__, [{"name": name} for name in names])
    known = {name: number for number, name in db.session.execute(select(Tag.id, Tag.name).where(Tag.name.in_(names)))}
    insert_new(
        contribution_tag,
        [{"contribution_id": number, "tag_id": known[name]} for number, several in tags.items() for name in several],
    )


def add_replies(rows: Sequence[dict[str, Any]]) -> None:
    """Add answers and comments as drafts; an `accepted_at` makes the asker's acceptance."""
    if not rows:
        return
    accepted = [(row.pop("accepted_at"), row.pop("asker_id", None)) for row in rows]
    ids = _add(rows)
    for row, (at, asker_id) in zip(rows, accepted, strict=True):
        if at is not None:
            db.session.add(Acceptance(reply_id=ids[row["imported_from"]], by_id=asker_id, at=at))
    db.session.flush()


def _add(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    db.session.execute(insert(table), [_DEFAULTS | row for row in rows])
    keys = [row["imported_from"] for row in rows]
    found = db.session.execute(select(table.c.imported_from, table.c.id).where(table.c.imported_from.in_(keys)))
    return {row.imported_from: row.id for row in found}


_DEFAULTS: dict[str, Any] = {
    "state": "draft", "title": "", "slug": "", "last_position": 0, "reply_count": 0, "thanks_count": 0,
    "accepted_count": 0, "view_count": 0, "views_before": 0, "helpfulness": 0.0, "board_id": None, "parent_id": None,
}  # fmt: skip


def questions(keys: Sequence[str]) -> dict[str, Any]:
    """Imported questions by their keys: id, author_id, view_count."""
    rows = db.session.execute(
        select(table.c.imported_from, table.c.id, table.c.author_id, table.c.view_count).where(
            table.c.imported_from.in_(set(keys)), table.c.kind == "topic"
        )
    )
    return {row.imported_from: row for row in rows}


def posts(keys: Sequence[str]) -> dict[str, Any]:
    """Imported questions and answers by their keys: id, parent_id, the author's name, the question's views."""
    parent = aliased(table)
    rows = db.session.execute(
        select(
            table.c.imported_from,
            table.c.id,
            table.c.parent_id,
            Member.display_name,
            func.coalesce(parent.c.view_count, table.c.view_count).label("view_count"),
        )
        .join(Member, Member.id == table.c.author_id)
        .outerjoin(parent, parent.c.id == table.c.parent_id)
        .where(table.c.imported_from.in_(set(keys)))
    )
    return {row.imported_from: row for row in rows}


def open_to_the_public(site: str, board_id: int) -> None:
    """Publish everything of this import that is still a draft; what follows is left to the worker."""
    ours = and_(table.c.imported_from.startswith(f"{site}:", autoescape=True), table.c.state == "draft")
    roots = (
        select(table.c.id)
        .where(ours, table.c.kind == "topic")
        .union(select(table.c.parent_id).where(ours, table.c.kind == "reply"))
    )
    touched = list(db.session.scalars(roots))
    accepted = select(Acceptance.reply_id).where(Acceptance.withdrawn_at.is_(None))
    db.session.execute(
        update(table).where(ours, table.c.kind == "reply", table.c.id.in_(accepted)).values(accepted_count=1)
    )
    for start in range(0, len(touched), 500):
        lifecycle.publish_imported(touched[start : start + 500], ours)
    db.session.execute(
        update(Board)
        .where(Board.id == board_id)
        .values(
            topic_count=select(func.count())
            .where(table.c.board_id == board_id, table.c.state == "published", true())
            .scalar_subquery()
        )
        .execution_options(synchronize_session=False)
    )
