"""What members hear of decisions about themselves, of appeals, and of decisions that were taken back."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased

from portal.activity import Activity
from portal.contributions.models import Contribution, Decision
from portal.db import db
from portal.members.models import Suspension
from portal.notifications.models import Notification

MEASURES = ("warned", "silenced", "suspended")
VERBS = (*MEASURES, "reinstated", "silence_ended", "appeal_upheld", "appeal_declined", "member_reports_settled")
TAKEN_BACK = (
    "approved", "returned", "hidden", "removed", "restored", "report_upheld", "report_kept", "replied", "mentioned",
)  # fmt: skip


class Word(NamedTuple):
    """Something one member hears."""

    member_id: int
    verb: str
    key: str
    note: str = ""


def words_of(line: Activity) -> Iterator[Word]:
    """Who hears what of this activity; moderators stay unnamed."""
    if line.verb == "member_reports_settled":
        yield from _reporters(line.data)
    elif line.member_id is not None:
        note = str(line.data.get("answer", ""))
        if line.verb in MEASURES:
            note = _of_measure(line.data.get("measure"))
        yield Word(line.member_id, line.verb, f"{line.verb}:{line.id}", note)


def take_back(line: Activity, contribution: Contribution) -> None:
    """Forget what a decision that was undone had told anybody."""
    undoing, undone = aliased(Decision), aliased(Decision)
    since = db.session.scalar(
        select(undone.at)
        .join(undoing, undoing.undoes_id == undone.id)
        .where(undoing.contribution_id == contribution.id, undoing.at <= line.at, undoing.rule == "undone")
        .order_by(undoing.id.desc())
        .limit(1)
    )
    if since is not None:
        db.session.execute(
            delete(Notification).where(
                Notification.contribution_id == contribution.id, Notification.verb.in_(TAKEN_BACK),
                Notification.at >= since, Notification.at <= line.at,
            )
        )  # fmt: skip


def _of_measure(measure_id: Any) -> str:
    row = db.session.get(Suspension, measure_id) if isinstance(measure_id, int) else None
    if row is None:
        return ""
    if row.until is not None:
        return f"{row.why}\n\nUntil {row.until.day} {row.until:%B %Y, %H:%M} UTC; it ends by itself."
    return f"{row.why}\n\nUntil a moderator ends it." if row.kind == "suspended" else row.why


def _reporters(data: dict[str, Any]) -> Iterator[Word]:
    verb = "report_upheld" if data.get("upheld") else "report_kept"
    # The record names reports, not who sent them: the member it is about can take it away.
    sent = db.metadata.tables["member_report"]
    rows = select(sent.c.id, sent.c.reporter_id).where(sent.c.id.in_(data.get("reports", ()))).order_by(sent.c.id)
    for report_id, reporter_id in db.session.execute(rows):
        yield Word(reporter_id, verb, f"member_report:{report_id}")
