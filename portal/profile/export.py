"""Everything the site keeps of a member, for the member to take away: as JSON, and with the pictures as a ZIP file."""

import json
import tempfile
import zipfile
from datetime import datetime
from typing import IO, Any

from sqlalchemy import ColumnElement, Table, or_, select

from portal import clock
from portal.config import settings
from portal.db import db
from portal.media import files
from portal.media.models import Picture
from portal.media.storage import storage
from portal.members.models import Member
from portal.site import the_site

OWN: dict[str, tuple[str, ...]] = {
    "acceptance": ("by_id",),
    "activity": ("member_id", "actor_id"),
    "appeal": ("member_id",),
    "board_role": ("member_id",),
    "composer_draft": ("member_id",),
    "consent": ("member_id",),
    "contribution": ("author_id",),
    "finding_appeal": ("member_id",),
    "follow": ("member_id",),
    "invited": ("member_id", "by_id"),
    "ledger_entry": ("helper_id", "helped_id"),
    "member": ("id",),
    "member_report": ("reporter_id",),
    "notification": ("member_id",),
    "picture": ("owner_id",),
    "read_marker": ("member_id",),
    "recognition": ("member_id",),
    "report": ("reporter_id",),
    "rights_request": ("member_id",),
    "role_grant": ("member_id",),
    "routed": ("member_id",),
    "saved_view": ("member_id",),
    "story_invitation": ("member_id",),
    "suspension": ("member_id",),
    "sign_in_origin": ("member_id",),
    "thank_you": ("member_id",),
    "thanks": ("giver_id",),
    "willingness": ("member_id",),
}
"""Tables that hold something of a member, and the columns that say whose a row is."""

BY_CONTRIBUTION = (
    "article", "contribution_tag", "decision", "incentive", "photo", "revision", "story", "topic", "verdict",
)  # fmt: skip
"""Tables whose rows belong to whoever wrote the contribution."""

NOT_OWN = {
    "blocked_picture": "the site's; who blocked it decided as a moderator",
    "board": "the site's",
    "challenge": "the site's; who opened it did so as a moderator",
    "claim": "who has which item of the queue open, for minutes",
    "finding": "the moderators' work; what was decided about a member is told them in words",
    "finding_member": "whom a finding is about: told to each of them when something was decided",
    "set_aside": "what a decision keeps from counting: in the ledger as a reversal, with its reason",
    "prospect_thanks": "of people without an account, of whom a keyed hash is kept",
    "second_look": "the moderators' work; who looked did so as a moderator",
    "watched_word": "the site's; who added it did so as a moderator",
    "listed_customer": "the company's own list; who put an address there is the company's doing",
}
"""Tables that name members and yet are nobody's own, with the reason."""

SECRET = frozenset(
    ("password_hash", "session_epoch", "submission_key", "difference_hash", "sha256", "public_key")
    + ("found", "spam_score", "request_id")
)
"""Columns that say nothing about a person and would only help somebody who steals the file, or who sends spam."""
NOT_TOLD = {
    "activity": ("actor_id",),
    "appeal": ("decided_by_id",),
    "board_role": ("by_id",),
    "decision": ("actor_id",),
    "finding_appeal": ("decided_by_id",),
    "incentive": ("promised_by_id",),
    "member_report": ("settled_by_id",),
    "recognition": ("decided_by_id",),
    "rights_request": ("asked_by_id",),
    "role_grant": ("by_id",),
    "suspension": ("by_id", "ended_by_id"),
    "thank_you": ("suggested_by_id", "done_by_id"),
}
"""Columns that say who decided about a member: moderators decide as moderators. They stay where it was the member."""
REPORTED = ("member_reported", "member_reports_settled")
"""What is recorded of reports about members: whoever sent or settled them takes it away, not whom they are about."""
FOR_COLLEAGUES = ("level_declined",)
"""Verbs whose `reason` moderators write for each other; so is that of a recognition that was declined. Whoever wrote it
takes it away."""
_KEY_OF = {"article": "id", "photo": "id", "story": "id", "topic": "id"}


def everything(member: Member) -> dict[str, Any]:
    """All rows that are the member's own, by table, as plain values."""
    contributions = db.metadata.tables["contribution"]
    written = select(contributions.c.id).where(contributions.c.author_id == member.id)
    found: dict[str, Any] = {
        "site": the_site().name,
        "address": settings().base_url,
        "taken_out_at": clock.now().isoformat(),
        "about": "Everything this site keeps of you. Times are in UTC. Numbers that end in _id name rows.",
    }
    for name, columns in OWN.items():
        table = db.metadata.tables[name]
        whose = or_(*(table.c[column] == member.id for column in columns))
        if name == "activity":
            whose &= table.c.verb.not_in(REPORTED) | (table.c.actor_id == member.id)
        found[name] = _rows(member, table, whose)
    for name in BY_CONTRIBUTION:
        table = db.metadata.tables[name]
        found[name] = _rows(member, table, table.c[_KEY_OF.get(name, "contribution_id")].in_(written))
    return found


def as_json(member: Member) -> bytes:
    """The same, as a file a person can read too."""
    return json.dumps(everything(member), ensure_ascii=False, indent=2, default=_plain).encode()


def as_zip(member: Member, into: IO[bytes]) -> None:
    """Write a ZIP file with the data and every picture as it is kept; a picture whose file is lost is listed."""
    lost: list[str] = []
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("data.json", as_json(member), zipfile.ZIP_DEFLATED)
        for picture in db.session.scalars(select(Picture).where(Picture.owner_id == member.id).order_by(Picture.id)):
            key = files.master_key(picture)
            try:
                archive.writestr(f"pictures/{picture.id}.{key.rpartition('.')[2]}", storage().read(key))
            except FileNotFoundError:
                lost.append(str(picture.id))
        if lost:
            archive.writestr("pictures/missing.txt", "Files of these pictures are lost: " + ", ".join(lost) + "\n")


def spooled() -> IO[bytes]:
    """Room for an export: in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=8_000_000)


def _rows(member: Member, table: Table, whose: ColumnElement[bool]) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in SECRET]
    rows = db.session.execute(select(*columns).where(whose).order_by(*table.primary_key.columns))
    hidden = NOT_TOLD.get(table.name, ())
    told = [{k: None if k in hidden and v != member.id else v for k, v in row._mapping.items()} for row in rows]
    return [_without_asides(table.name, row) for row in told]


def _without_asides(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is kept in it as SECRET is in columns of its own, and without words between moderators."""
    if table == "recognition" and row["state"] == "declined":
        return row | {"reason": ""}
    if table == "activity":
        kept = {name: value for name, value in row["data"].items() if name not in SECRET}
        if row["verb"] in FOR_COLLEAGUES and row["actor_id"] is None:
            kept.pop("reason", None)
        return row | {"data": kept}
    return row


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
