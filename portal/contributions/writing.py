"""Writing and editing the text of a contribution: rendering it once, keeping what it was before."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from portal import activity, clock
from portal import text as texts
from portal.config import settings
from portal.contributions import lifecycle, screening, turns
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Revision, Tag, contribution_tag
from portal.contributions.powers import may
from portal.contributions.screening import edits
from portal.contributions.screening.masking import masked_html
from portal.db import db, insert_new
from portal.members.models import Member

TAGS_AT_MOST = 5
UNTAGGABLE = re.compile(r"[^\w+#.-]+")
"""What a tag does not hold; c, c# and c++ are three."""


def write(contribution: Contribution, *, source: str, title: str = "") -> None:
    """Give a contribution its text: cleaned, rendered and sanitised once, here.

    Words that are masked become stars for readers; the source keeps them. A title is kept as it was typed: there is
    nowhere else to keep it, so a rule holds those that have such words.
    """
    contribution.source = texts.clean_source(source)
    contribution.html = rendered(contribution.source)
    contribution.excerpt = texts.excerpt(contribution.html, 240)
    if not contribution.is_reply:
        contribution.title = texts.clean_line(title)[: settings().title_max_chars]
        contribution.slug = texts.slugify(contribution.title)


def rendered(source: str) -> str:
    """Safe HTML of a Markdown text, with links for the members it mentions and the pictures it shows."""
    names = texts.mentions(source)
    known = set(db.session.scalars(select(Member.username).where(Member.username.in_(names[:50])))) if names else set()
    return masked_html(str(texts.render(source, known_members=known, picture_url=_picture_address)))


def _picture_address(token: str) -> "tuple[str, int, int] | None":
    picture = db.metadata.tables["picture"]
    size = db.session.execute(select(picture.c.width, picture.c.height).where(picture.c.token == token)).first()
    if size is None:
        return None
    return url_for("media.show_picture", token=token, size="1280"), size.width, size.height


def take_turn(contribution: Contribution) -> None:
    """Have the contribution to oneself until this transaction ends, as it is now rather than when it was loaded."""
    turns.take(contribution.parent_id, contribution.id)
    columns: Any = inspect(contribution).mapper.column_attrs.keys()
    db.session.refresh(contribution, columns)


@dataclass
class Edit:
    """An edit under way. `touched` is set by whoever changed something that is not text, such as pictures."""

    touched: bool = False


def edit(contribution: Contribution, editor: Member, *, source: str, title: str = "", why: str = "") -> bool:
    """Change a text, by its author or a moderator; see `edit_of`. Says whether anything changed."""
    before = (contribution.title, contribution.source)
    with edit_of(contribution, editor, why):
        write(contribution, source=source, title=title or contribution.title)
    return (contribution.title, contribution.source) != before


@contextmanager
def edit_of(contribution: Contribution, editor: Member, why: str = "") -> Iterator[Edit]:
    """A block that changes a contribution; what its text was before is kept as a revision.

    An author's edit within the first minutes after publication leaves no trace, and neither does one
    before publication, unless a moderator read the text and sent it back. Raises NotAllowed.

    Nobody decides about it meanwhile: what is approved at the same instant was approved before, and is screened.
    """
    take_turn(contribution)
    must_be_editable(contribution, editor)
    before = (contribution.title, contribution.source)
    since = contribution.edited_at or contribution.published_at or contribution.created_at
    own = editor.id == contribution.author_id and contribution.is_published
    shown = edits.before(contribution, editor) if own else None
    under_way = Edit()
    yield under_way
    verdict = None
    if shown is not None:
        db.session.flush()
        verdict = edits.screen_edit(contribution, editor, shown)
    text_changed = (contribution.title, contribution.source) != before
    if text_changed and not _leaves_no_trace(contribution, editor):
        now = clock.now()
        last = db.session.scalar(select(func.max(Revision.number)).where(Revision.contribution_id == contribution.id))
        db.session.add(
            Revision(
                contribution_id=contribution.id, number=(last or 0) + 1, title=before[0], source=before[1],
                written_at=since, replaced_at=now, replaced_by_id=editor.id, why=texts.clean_line(why)[:200],
            )
        )  # fmt: skip
        contribution.edited_at = now
    if text_changed or under_way.touched:
        activity.record("edited", contribution, actor=editor)
    if verdict is not None and verdict.found:
        screening.keep(contribution, verdict)
        if verdict.outcome == screening.HOLD:
            lifecycle.hide(contribution, None, verdict.reason, verdict.rule)


def _leaves_no_trace(contribution: Contribution, editor: Member) -> bool:
    if editor.id != contribution.author_id or contribution.state == "returned":
        return False
    return contribution.published_at is None or (
        contribution.edited_at is None
        and editor.trust != "new"  # what a moderator let pass is what later edits are held against
        and clock.now() - contribution.published_at <= timedelta(minutes=settings().silent_edit_minutes)
    )


def must_be_editable(contribution: Contribution, editor: Member) -> None:
    """Raise NotAllowed unless `editor` may change the text of `contribution` now."""
    own = editor.id == contribution.author_id
    others = own or may(editor, "edit", contribution)
    if reason := why_not_editable(contribution.state, own, others, editor.moderates):
        raise NotAllowed(reason)
    if not editor.may_write:
        raise NotAllowed(why_not(editor))


def why_not_editable(state: str, own: bool, others: bool, moderates: bool) -> str:
    """In a sentence, why a contribution in this `state` can't be edited by its author (`own`), or by whoever may
    edit what `others` wrote there; empty when it can, as far as they may write at all."""
    if not (own or others):
        return "Only its author or a moderator can edit this."
    if own and not moderates and state in ("hidden", "removed"):
        return "This was taken from view, so it can't be edited now."
    if state == "removed":
        return "This was removed, so it can't be edited."
    return ""


def why_not(member: Member) -> str:
    """In a sentence, why this member may not write; empty when they may."""
    if member.suspended:
        return "Your account is suspended, so you can read but not write. You can write to the moderators."
    if not member.confirmed:
        return "Confirm your e-mail address first: we sent you a link. You can have it sent again from your account."
    return ""


def must_write(member: Member) -> None:
    """Raise NotAllowed with a sentence unless this member may write now."""
    if reason := why_not(member):
        raise NotAllowed(reason)


def set_tags(contribution: Contribution, names: Iterable[str]) -> None:
    """Replace the tags of a contribution that has its number; unknown names become tags, at most five stay."""
    wanted = parse_tags(names)
    insert_new(Tag.__table__, [{"name": name} for name in sorted(wanted)])  # two who make the same ones never cross
    tags = list(db.session.scalars(select(Tag).where(Tag.name.in_(wanted)).order_by(Tag.name)))
    db.session.execute(delete(contribution_tag).where(contribution_tag.c.contribution_id == contribution.id))
    insert_new(contribution_tag, [{"contribution_id": contribution.id, "tag_id": t.id} for t in tags])
    set_committed_value(contribution, "tags", tags)


def parse_tags(names: Iterable[str]) -> Sequence[str]:
    """Names as tags are kept: lower case, hyphens for spaces, each once, at most five of 40 characters."""
    words = (UNTAGGABLE.sub("-", texts.clean_line(n).lower()).strip("-")[:40] for n in names)
    return list(dict.fromkeys(w for w in words if w))[:TAGS_AT_MOST]


def already_sent(author: Member, submission_key: str) -> Contribution | None:
    """The contribution that this very form made before, if it was sent twice."""
    if not submission_key:
        return None
    return db.session.scalar(
        select(Contribution).where(Contribution.author_id == author.id, Contribution.submission_key == submission_key)
    )
