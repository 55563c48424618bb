"""Importing a Stack Exchange dump: users, questions, answers, accepted, scores, comments, tags, times.

First everything is read and checked, and nothing written; a broken or hostile file ends it there.
Then rows are written in batches as drafts, each under a key of its own, so that an import that was
cut short goes on where it stopped. Last, in one transaction, all of it is opened to the public.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal import text as texts
from portal.contributions.helpfulness import helpfulness
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.importing import saving
from portal.importing.counts import Counts
from portal.importing.dump import ANSWER, QUESTION, Dump, Progress, check
from portal.importing.rows import DumpRefused, Row
from portal.members.models import Member


def import_dump(folder: Path, progress: Progress = lambda step, done, total: None, site: str = "") -> Counts:
    """Import the dump in `folder` into a board named after it (or `site`).

    Returns the account. Raises DumpRefused before anything was written if a file is missing, broken or hostile.
    """
    for name in ("Users.xml", "Posts.xml"):
        if not (folder / name).is_file():
            raise DumpRefused(f"{folder} has no {name}; a Stack Exchange dump folder has Users.xml and Posts.xml.")
    dump = Dump(folder, texts.slugify(site or folder.resolve().name)[:40], progress)
    accepted_at = check(dump)
    with writing():
        board_id = saving.board_for(dump.site)
        nobody_id = saving.nobody(dump.site)
    for batch in dump.batches("Users.xml", "members"):
        with writing():
            _save_users(dump, batch)
    for kind, wanted in (("questions", QUESTION), ("answers", ANSWER)):
        for batch in dump.batches("Posts.xml", kind):
            with writing():
                rows = [row for row in batch if row.number("PostTypeId") == wanted]
                if wanted == QUESTION:
                    _save_questions(dump, rows, board_id, nobody_id)
                else:
                    _save_answers(dump, rows, nobody_id, accepted_at)
    for batch in dump.batches("Comments.xml", "comments"):
        with writing():
            _save_comments(dump, batch, nobody_id)
    progress("opening", 0, 1)
    with writing():
        saving.open_to_the_public(dump.site, board_id)
    progress("opening", 1, 1)
    return dump.counts


def _save_users(dump: Dump, rows: Sequence[Row]) -> None:
    fresh = _unknown(dump, "users", "user", rows, Member)
    saving.add_members(
        [
            {
                "imported_from": dump.key("user", row.number("Id")),
                "number": row.number("Id"),
                "display_name": texts.clean_line(row.text("DisplayName"))[:60] or f"Member {row.number('Id')}",
                "about": texts.clean_line(texts.plain(texts.sanitise_html(row.text("AboutMe")[:20_000])))[:200],
                "place": texts.clean_line(row.text("Location"))[:80],
                "joined_at": row.when("CreationDate"),
                "seen_at": row.when("LastAccessDate", row.when("CreationDate")),
            }
            for row in fresh
        ]
    )
    dump.counts.imported["users"] += len(fresh)


def _save_questions(dump: Dump, rows: Sequence[Row], board_id: int, nobody_id: int) -> None:
    fresh = _unknown(dump, "questions", "post", rows, Contribution)
    authors = _ids(Member, [dump.key("user", row.number("OwnerUserId", 0)) for row in fresh])
    made: list[dict[str, Any]] = []
    for row in fresh:
        words = _words(dump, "questions", row, row.text("Body"))
        title = texts.clean_line(row.text("Title"))[:200]
        if words is None:
            continue
        asked = row.when("CreationDate")
        made.append(
            words
            | {
                "kind": "topic",
                "imported_from": dump.key("post", row.number("Id")),
                "author_id": authors.get(dump.key("user", row.number("OwnerUserId", 0)), nobody_id),
                "board_id": board_id,
                "title": title or words["excerpt"][:80] or "Untitled",
                "slug": texts.slugify(title),
                "view_count": max(0, row.number("ViewCount", 0)),
                "tags": _tags(row.text("Tags")),
                "closed_at": row.when("ClosedDate") if "ClosedDate" in row.attributes else None,
                **_times(row, asked),
            }
        )
    saving.add_topics(made)
    dump.counts.imported["questions"] += len(made)


def _save_answers(dump: Dump, rows: Sequence[Row], nobody_id: int, accepted_at: dict[int, datetime]) -> None:
    fresh = _unknown(dump, "answers", "post", rows, Contribution)
    authors = _ids(Member, [dump.key("user", row.number("OwnerUserId", 0)) for row in fresh])
    questions = saving.questions([dump.key("post", row.number("ParentId")) for row in fresh])
    made: list[dict[str, Any]] = []
    for row in fresh:
        question = questions.get(dump.key("post", row.number("ParentId")))
        if question is None:
            dump.counts.skip("answers", "the question is not in the dump")
            continue
        words = _words(dump, "answers", row, row.text("Body"))
        if words is None:
            continue
        number, written = row.number("Id"), row.when("CreationDate")
        accepted = max(accepted_at[number], written) if number in accepted_at else None
        made.append(
            words
            | {
                "kind": "reply",
                "imported_from": dump.key("post", number),
                "author_id": authors.get(dump.key("user", row.number("OwnerUserId", 0)), nobody_id),
                "parent_id": question.id,
                "asker_id": question.author_id,
                "accepted_at": accepted,
                "helpfulness": helpfulness(accepted is not None, words["anonymous_thanks"], question.view_count),
                **_times(row, written),
            }
        )
    saving.add_replies(made)
    dump.counts.imported["answers"] += len(made)


def _save_comments(dump: Dump, rows: Sequence[Row], nobody_id: int) -> None:
    fresh = _unknown(dump, "comments", "comment", rows, Contribution)
    authors = _ids(Member, [dump.key("user", row.number("UserId", 0)) for row in fresh])
    posts = saving.posts([dump.key("post", row.number("PostId")) for row in fresh])
    made: list[dict[str, Any]] = []
    for row in fresh:
        post = posts.get(dump.key("post", row.number("PostId")))
        if post is None:
            dump.counts.skip("comments", "the post is not in the dump, or was not imported")
            continue
        source = texts.clean_source(row.text("Text"))
        if post.parent_id is not None:  # a comment on an answer: say on which, since it stands further down
            source = f"*On [the answer by {_escaped(post.display_name)}](/c/{post.id}):*\n\n{source}"
        if not row.text("Text").strip():
            dump.counts.skip("comments", "it is empty")
            continue
        html = texts.render(source)
        thanks = max(0, row.number("Score", 0))
        made.append(
            {
                "kind": "reply",
                "imported_from": dump.key("comment", row.number("Id")),
                "author_id": authors.get(dump.key("user", row.number("UserId", 0)), nobody_id),
                "parent_id": post.parent_id or post.id,
                "source": source,
                "html": str(html),
                "excerpt": texts.excerpt(html, 240),
                "anonymous_thanks": thanks,
                "helpfulness": helpfulness(False, thanks, post.view_count),
                "accepted_at": None,
                **_times(row, row.when("CreationDate")),
            }
        )
    saving.add_replies(made)
    dump.counts.imported["comments"] += len(made)


def _words(dump: Dump, kind: str, row: Row, body: str) -> dict[str, Any] | None:
    try:
        html = texts.sanitise_html(body)
    except texts.TextTooLong:
        dump.counts.skip(kind, "the text is too long for this site")
        return None
    if not texts.plain(html).strip():
        html = texts.render("(no text)")
    return {
        "html": str(html),
        "source": texts.html_to_source(html),
        "excerpt": texts.excerpt(html, 240),
        "anonymous_thanks": max(0, row.number("Score", 0)),
    }


def _times(row: Row, written: Any) -> dict[str, Any]:
    edited = row.when("LastEditDate", written)
    return {
        "created_at": written,
        "submitted_at": written,
        "published_at": written,
        "last_activity_at": written,
        "edited_at": edited if edited > written else None,
    }


def _tags(raw: str) -> list[str]:
    """`<a><b>` as older dumps write them, `|a|b|` as newer ones do."""
    return [tag for tag in raw.replace("><", "|").strip("<>|").split("|") if tag]


def _escaped(name: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>&!" else c for c in name)


def _unknown(dump: Dump, kind: str, sort: str, rows: Sequence[Row], model: Any) -> list[Row]:
    """Those rows that no earlier run imported, each number once."""
    keys = [dump.key(sort, row.number("Id")) for row in rows]
    known = set(_ids(model, keys))
    fresh: dict[str, Row] = {}
    for key, row in zip(keys, rows, strict=True):
        if key in known:
            dump.counts.known[kind] += 1
        elif key in fresh:
            dump.counts.skip(kind, "another row has the same number")
        else:
            fresh[key] = row
    return list(fresh.values())


def _ids(model: Any, keys: Sequence[str]) -> dict[str, int]:
    rows = db.session.execute(select(model.imported_from, model.id).where(model.imported_from.in_(set(keys))))
    return {row.imported_from: row.id for row in rows}
