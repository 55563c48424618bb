"""What members have typed and not sent yet: kept as they type, put back when they return, dropped once it is posted."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy import Select, delete, func, select

from portal import clock
from portal import text as texts
from portal.config import settings
from portal.contributions.models import ComposerDraft
from portal.db import db, insert_new
from portal.members.models import Member

KEY = re.compile(r"[a-z]{1,20}:[a-z0-9-]{1,40}\Z")
"""Which form it is: `topic:new`, `reply:12`, `edit:34`."""
DRAFTS_AT_MOST = 50
"""Drafts of one member; beyond that the one untouched for longest goes."""
FIELDS_AT_MOST = 60
NEVER_KEPT = frozenset(("csrf_token", "submission_key", "password", "new_password", "current_password"))


class NotKept(Exception):
    """A draft can't be kept; the message says why, in a sentence."""


def keep(member: Member, key: str, fields: Mapping[str, Any]) -> bool:
    """Keep what was typed into the form `key`; nothing typed at all drops the draft. Says whether one is kept.

    Values that are not text are passed over. Raises NotKept for an unknown key and for more than twice
    the longest text there can be.
    """
    if not KEY.match(key):
        raise NotKept("Drafts of this form are not kept.")
    kept = {
        str(name)[:40]: texts.clean_source(value)
        for name, value in list(fields.items())[:FIELDS_AT_MOST]
        if isinstance(value, str) and name not in NEVER_KEPT
    }
    limit = 2 * settings().text_max_chars
    if sum(map(len, kept.values())) > limit:
        raise NotKept(f"A draft can have {limit:,} characters. Please keep a copy of your text elsewhere.")
    if not any(value.strip() for value in kept.values()):
        discard(member, key)
        return False
    new = {"member_id": member.id, "key": key, "typed": kept, "saved_at": clock.now()}
    insert_new(ComposerDraft.__table__, [new])
    draft = db.session.get_one(ComposerDraft, (member.id, key), with_for_update=True)
    draft.typed, draft.saved_at = kept, clock.now()
    _drop_oldest(member)
    return True


def discard(member: Member, key: str) -> bool:
    """Drop a draft; says whether there was one."""
    gone = db.session.execute(
        delete(ComposerDraft).where(ComposerDraft.member_id == member.id, ComposerDraft.key == key)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def typed(member: Any, key: str) -> dict[str, str]:
    """What the member had typed into the form `key` when they left it; empty if nothing."""
    if not member.is_authenticated:
        return {}
    return texts_of(db.session.scalar(select_typed(member.id, key)))


def select_typed(member_id: Any, key: Any) -> Select[dict[str, Any]]:
    """The query for it, for those who ask for more at the same time."""
    return select(ComposerDraft.typed).where(ComposerDraft.member_id == member_id, ComposerDraft.key == key)


def texts_of(typed: Mapping[str, Any] | None) -> dict[str, str]:
    """What of a kept form is text."""
    return {name: value for name, value in (typed or {}).items() if isinstance(value, str)}


def begun_title() -> str:
    """The title that a link to a form of writing brings along: what somebody looked for and did not find."""
    return texts.clean_line(request.args.get("title", ""))[: settings().title_max_chars]


def put_back(form: Any, kept: Mapping[str, str]) -> bool:
    """Put a draft into a form that is opened; says whether a text of it came back."""
    for name, value in kept.items():
        if name in form and name not in NEVER_KEPT:
            field = form[name]
            if not hasattr(field, "iter_choices"):
                field.data = value
            elif value in [str(choice.value) for choice in field.iter_choices()]:
                field.data = field.coerce(value)
    return any(kept.get(name, "").strip() for name in ("title", "source"))


def _drop_oldest(member: Member) -> None:
    own = ComposerDraft.member_id == member.id
    count = db.session.scalar(select(func.count()).where(own)) or 0
    if count > DRAFTS_AT_MOST:
        oldest = select(ComposerDraft.key).where(own).order_by(ComposerDraft.saved_at).limit(count - DRAFTS_AT_MOST)
        keys = list(db.session.scalars(oldest))
        db.session.execute(delete(ComposerDraft).where(own, ComposerDraft.key.in_(keys)))
