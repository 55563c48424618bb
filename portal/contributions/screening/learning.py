"""Learning what spam is from the moderators' own decisions: gathered, trained in a process of its own, kept."""

import logging
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from portal import activity, clock
from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Contribution, Decision
from portal.contributions.screened import SpamModel
from portal.contributions.screening.training import SECONDS, Examples, Failed, Training
from portal.db import db, writing
from portal.members.models import Member

log = logging.getLogger(__name__)

SPAM_AT_MOST, FAIR_AT_MOST = 2000, 4000
"""The newest examples of each sort: what is learned follows what is sent, and the work has an end."""
EXAMPLE_CHARS = 2000
ASKED = "spam_model_asked"
_TRAINING = "portal.spam_training"
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
    """Learn anew and wait for it; False while there are too few examples of either sort, or it is switched off."""
    with writing():
        if not begin():
            return False
    _under_way().process.wait(SECONDS)
    return pick_up()


def begin() -> bool:
    """Begin to learn anew, unless that is under way in this process; says whether it is now.

    Not while there are too few examples of either sort, or it is switched off. Whoever calls it commits.
    """
    if _under_way() is not None:
        return True
    if not is_on():
        return False
    s, decided = settings(), examples()
    spam = sum(is_spam for is_spam, _ in decided)
    log.info("looked at %d examples of spam and %d others", spam, len(decided) - spam)
    if min(spam, len(decided) - spam) < s.spam_examples:
        row = the_model()
        row.spam_examples, row.fair_examples, row.weights, row.trained_at = spam, len(decided) - spam, {}, None
        return False
    current_app.extensions[_TRAINING] = Training(decided, s.spam_false_holds)
    return True


def pick_up() -> bool:
    """Keep what was learned, once it is, in one transaction; says whether there was something to keep."""
    training = _under_way()
    if training is None:
        return False
    try:
        numbers = training.numbers()
    except Failed as failed:
        current_app.extensions.pop(_TRAINING)
        log.error("nothing was learned of spam: %s", failed)
        return False
    if numbers is None:
        return False
    current_app.extensions.pop(_TRAINING)
    with writing():
        row = the_model()
        row.spam_examples, row.fair_examples = training.spam, training.fair
        row.weights, row.trained_at = numbers, clock.now()
    return True


def is_under_way() -> bool:
    """Whether this process has a training under way, or one whose result it did not keep yet: nobody else can."""
    return _under_way() is not None


def _under_way() -> Any:
    return current_app.extensions.get(_TRAINING)


def is_on() -> bool:
    """Whether it is to learn and to score."""
    row = db.session.get(SpamModel, 1)
    return row is None or row.enabled


def trained(decided: Examples, false_holds: float) -> dict[str, Any]:
    """The model's numbers, once they are there. Raises training.Failed."""
    return Training(decided, false_holds).wait()


def nightly() -> None:
    """Learn anew once a day, and when it was asked for and did not come to an end; see `begin` for when it can't."""
    trained_at = db.session.scalar(select(SpamModel.trained_at).where(SpamModel.id == 1))
    asked_at = db.session.scalar(select(func.max(Activity.at)).where(Activity.verb == ASKED))
    if trained_at is None or trained_at < max(clock.now() - timedelta(hours=23), asked_at or trained_at):
        with writing():
            begin()


def known() -> SpamModel:
    """The row as it stands, or as it begins."""
    return db.session.get(SpamModel, 1) or SpamModel(
        enabled=True, weights={}, spam_examples=0, fair_examples=0, trained_at=None
    )


def ask(member: Member) -> None:
    """Have it learn anew soon: the worker does it."""
    activity.record(ASKED, actor=member)


def follow(lines: Any) -> None:
    """Carry that out: what is learned is picked up by a chore."""
    begin()


def switch(enabled: bool) -> bool:
    """Switch the score on or off; says whether that changed anything."""
    row = the_model()
    changed = row.enabled != enabled
    row.enabled = enabled
    return changed
