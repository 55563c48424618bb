"""Moderation in numbers that everybody may read: what waits, how long it takes, what came of it, how often it erred.

From indexed queries over the last 30 days; the page shows numbers that are up to a minute old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from portal import clock
from portal.contributions.models import Contribution, Decision, Report
from portal.db import db
from portal.moderation.models import Appeal
from portal.moderation.openness import USUAL_DAYS, in_words, usual_wait, waits
from portal.moderation.reasons import OTHER, label_of

FRESH = timedelta(minutes=1)
SAMPLE = 2000
"""So many decisions, the latest ones, say how long nine of ten take."""
_KEPT = "portal.moderation.figures"


@dataclass(frozen=True)
class Figures:
    """Moderation in numbers, those of the last 30 days where it says "lately". What was taken back is not counted."""

    waiting: int
    reported: int
    usual_wait: str | None
    half_within: str | None
    most_within: str | None
    """Nine of ten decisions took at most so long."""
    submitted_lately: int
    held_lately: int
    approved_lately: int
    returned_lately: int
    removed_lately: int
    hidden_lately: int
    removed_for: tuple[tuple[str, int], ...]
    """Reasons of removals with how many there were, the commonest first."""
    appeals_lately: int
    upheld_lately: int
    """Appeals that were answered, and those of them that were right."""

    @property
    def share_held(self) -> int | None:
        """Of what was submitted lately, the share that waited for a moderator, in percent."""
        return _share(self.held_lately, self.submitted_lately)

    @property
    def share_returned(self) -> int | None:
        """Of what was submitted lately, the share that was sent back."""
        return _share(self.returned_lately, self.submitted_lately)

    @property
    def share_upheld(self) -> int | None:
        """Of the appeals that were answered lately, the share that was right."""
        return _share(self.upheld_lately, self.appeals_lately)


def share_of(part: int, whole: int) -> str:
    """A share in words: "4 %", "under 1 %"."""
    percent = _share(part, whole)
    return "none" if not part or percent is None else f"{percent} %" if percent else "under 1 %"


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def recent_figures() -> Figures:
    """The numbers, at most a minute old."""
    kept: tuple[datetime, Figures] | None = current_app.extensions.get(_KEPT)
    if kept is None or not kept[0] <= clock.now() < kept[0] + FRESH:
        kept = current_app.extensions[_KEPT] = (clock.now(), figures())
    return kept[1]


def figures() -> Figures:
    """The numbers as they are now."""
    since = clock.ago(days=USUAL_DAYS)
    moves: dict[tuple[str, str, bool], int] = {}
    removed: dict[str, int] = {}
    for came_from, to, moderated, rule, n in db.session.execute(_moves_since(since)):
        moves[came_from, to, moderated] = moves.get((came_from, to, moderated), 0) + n
        if to == "removed" and moderated and came_from != to:
            why = label_of(rule) or label_of(OTHER)
            removed[why] = removed.get(why, 0) + n

    def count(came_from: tuple[str, ...], to: str, moderated: bool = True) -> int:
        return sum(moves.get((state, to, moderated), 0) for state in came_from)

    waiting = select(func.count()).select_from(Contribution).where(Contribution.state == "pending")
    reported = select(func.count(Report.contribution_id.distinct())).where(Report.settled_at.is_(None))
    answered = select(func.count()).select_from(Appeal).where(Appeal.decided_at > since, Appeal.upheld.is_not(None))
    now = db.session.execute(
        select(
            waiting.scalar_subquery(), reported.scalar_subquery(), answered.scalar_subquery(),
            answered.where(Appeal.upheld.is_(True)).scalar_subquery(),
        )
    ).one()  # fmt: skip
    held = count(("draft",), "pending", moderated=False)
    half, most = time_to_decide(since)
    return Figures(
        waiting=now[0],
        reported=now[1],
        usual_wait=in_words(usual_wait()),
        half_within=in_words(half),
        most_within=in_words(most),
        submitted_lately=held + count(("draft",), "published", moderated=False),
        held_lately=held,
        approved_lately=count(("pending",), "published"),
        returned_lately=count(("pending", "hidden"), "returned"),
        removed_lately=count(("pending", "hidden", "published", "returned"), "removed"),
        hidden_lately=count(("published",), "hidden") + count(("published",), "hidden", moderated=False),
        removed_for=tuple(sorted(removed.items(), key=lambda pair: (-pair[1], pair[0]))),
        appeals_lately=now[2],
        upheld_lately=now[3],
    )


def _moves_since(since: datetime) -> Any:
    """Moves with how often they were made, without those that were taken back and without taking them back."""
    taken_back = select(Decision.undoes_id).where(Decision.undoes_id.is_not(None), Decision.rule == "undone")
    return (
        select(Decision.from_state, Decision.to_state, Decision.as_moderator, Decision.rule, func.count())
        .where(Decision.at > since, Decision.rule != "undone", Decision.id.not_in(taken_back))
        .group_by(Decision.from_state, Decision.to_state, Decision.as_moderator, Decision.rule)
    )


def time_to_decide(since: datetime) -> tuple[timedelta | None, timedelta | None]:
    """The median and the 90th percentile of the time from submission to decision."""
    seconds = [wait for _, wait in waits(since, limit=SAMPLE)]
    return half_and_most(seconds)


def half_and_most(seconds: list[float]) -> tuple[timedelta | None, timedelta | None]:
    """Median and 90th percentile of durations; None when there are none."""
    if not seconds:
        return None, None
    most = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return timedelta(seconds=median(seconds)), timedelta(seconds=most)
