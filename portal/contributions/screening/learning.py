"""Learning what spam is from the moderators' own decisions: gathered, trained in a process of its own, kept."""

import json
import logging
import subprocess
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from portal import activity, clock
from portal.config import settings
from portal.contributions.models import Contribution, Decision
from portal.contributions.screened import SpamModel
from portal.db import db, writing
from portal.members.models import Member

log = logging.getLogger(__name__)

SPAM_AT_MOST, FAIR_AT_MOST = 2000, 4000
"""The newest examples of each sort: what is learned follows what is sent, and the work has an end."""
EXAMPLE_CHARS = 2000
SECONDS = 300
SPAM = "spam"
"""The rule under which moderators remove advertising."""


def the_model() -> SpamModel:
    """The one row; made when it is first asked for."""
    row = db.session.get(SpamModel, 1)
    if row is None:
        row = SpamModel(id=1)
        db.session.add(row)
        db.session.flush()
    return row


def examples() -> list[tuple[bool, str]]:
    """What moderators removed as spam, and what they approved, restored or kept: the newest of each, spam first."""
    newest = select(func.max(Decision.id)).where(Decision.as_moderator.is_(True), Decision.actor_id.is_not(None))
    last = newest.group_by(Decision.contribution_id)
    c = Contribution.__table__

    def texts(most: int, *conditions: Any) -> list[str]:
        rows = db.session.execute(
            select(c.c.title, func.substr(c.c.source, 1, EXAMPLE_CHARS))
            .join(Decision, Decision.contribution_id == c.c.id)
            .where(Decision.id.in_(last), c.c.source != "", *conditions)
            .order_by(Decision.id.desc())
            .limit(most)
        )
        return ["\n".join(filter(None, row)) for row in rows]

    spam = texts(SPAM_AT_MOST, c.c.state == "removed", Decision.to_state == "removed", Decision.rule == SPAM)
    fair = texts(FAIR_AT_MOST, c.c.state == "published", Decision.to_state == "published")
    return [(True, t) for t in spam] + [(False, t) for t in fair]


def retrain() -> bool:
    """Learn anew; False while there are too few examples of either sort, or it is switched off."""
    s = settings()
    if not is_on():
        return False
    decided = examples()
    spam = sum(is_spam for is_spam, _ in decided)
    enough = min(spam, len(decided) - spam) >= s.spam_examples
    db.session.rollback()  # nothing is held while it trains
    weights = trained(decided, s.spam_false_holds) if enough else {}
    with writing():
        row = the_model()
        row.spam_examples, row.fair_examples = spam, len(decided) - spam
        row.weights, row.trained_at = weights, clock.now() if enough else None
    log.info("looked at %d examples of spam and %d others", spam, len(decided) - spam)
    return enough


def is_on() -> bool:
    """Whether it is to learn and to score."""
    row = db.session.get(SpamModel, 1)
    return row is None or row.enabled


def trained(decided: "list[tuple[bool, str]]", false_holds: float) -> dict[str, Any]:
    """The model's numbers, from a process of its own. Raises CalledProcessError or TimeoutExpired."""
    given = {"texts": [t for _, t in decided], "spam": [spam for spam, _ in decided], "false_holds": false_holds}
    done = subprocess.run(
        [sys.executable, "-m", "portal.contributions.screening.trainer"],
        input=json.dumps(given), capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, check=True,
    )  # fmt: skip
    numbers: dict[str, Any] = json.loads(done.stdout)
    return numbers


def nightly() -> None:
    """Learn anew once a day; as long as there is too little to learn from, look every time."""
    trained_at = db.session.scalar(select(SpamModel.trained_at).where(SpamModel.id == 1))
    if trained_at is None or trained_at < clock.now() - timedelta(hours=23):
        retrain()


def known() -> SpamModel:
    """The row as it stands, or as it begins."""
    return db.session.get(SpamModel, 1) or SpamModel(
        enabled=True, weights={}, spam_examples=0, fair_examples=0, trained_at=None
    )


def ask(member: Member) -> None:
    """Have it learn anew soon: the worker does it."""
    activity.record("spam_model_asked", actor=member)


def follow(lines: Any) -> None:
    """Carry that out."""
    retrain()


def switch(enabled: bool) -> bool:
    """Switch the score on or off; says whether that changed anything."""
    row = the_model()
    changed = row.enabled != enabled
    row.enabled = enabled
    return changed
