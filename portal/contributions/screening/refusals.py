"""What was refused: how it was judged is kept, never what was written.

The request that brings such a text is undone, so its verdict is kept after it, in a transaction of its own.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import func, select

from portal import activity, clock, web
from portal.activity import Activity
from portal.contributions.models import Contribution
from portal.contributions.screening.verdicts import Refused, Verdict
from portal.db import db
from portal.members.models import Member

VERB = "refused"
A_DAY_AT_MOST = 50
"""Of one author: whoever sends the same again and again fills no table."""


def refuse(contribution: Contribution, author: Member, verdict: Verdict, reason: str = "") -> NoReturn:
    """Raise Refused, for the verdict's own reason if none is given, and see to it that the verdict is kept."""
    number, said = author.id, {
        "kind": contribution.kind, "edit": contribution.is_published, "rule": verdict.rule,
        "reason": verdict.reason, "found": [finding.kept() for finding in verdict.found],
        "spam_score": verdict.spam_score,
    }  # fmt: skip
    web.after_all(lambda: _keep(number, said))
    raise Refused(reason or verdict.reason, verdict.rule)


def _keep(author_id: int, said: dict[str, Any]) -> None:
    author = db.session.get(Member, author_id)
    own = select(func.count(Activity.id)).where(Activity.verb == VERB, Activity.member_id == author_id)
    if author is None or (db.session.scalar(own.where(Activity.at > clock.ago(days=1))) or 0) >= A_DAY_AT_MOST:
        return
    activity.record(VERB, member=author, actor=author, **said)


def refused_since(since: datetime) -> Counter[str]:
    """How often each rule refused something since then."""
    rule = Activity.data["rule"].as_string()
    counted = select(rule, func.count()).where(Activity.verb == VERB, Activity.at >= since).group_by(rule)
    return Counter({name or "": n for name, n in db.session.execute(counted)})


def refusals_of(member_id: int, limit: int = 6) -> Sequence[Activity]:
    """The last verdicts on what this member sent and was refused: `kind`, `edit`, `rule`, `reason`, `found` and
    `spam_score` in the data of each."""
    own = select(Activity).where(Activity.verb == VERB, Activity.member_id == member_id)
    return db.session.scalars(own.order_by(Activity.id.desc()).limit(limit)).all()
