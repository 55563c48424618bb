"""Trust: earned by what was published and rightly reported, lost for a while by what was removed and warned of.

`Member.trust` is the same ladder without the losses, from counters on the member, for pages that show many members.
Where something is decided (screening, the member's own account) the losses count: this asks for them in one query.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.config import Settings, settings
from portal.contributions.models import Contribution, Decision, Report
from portal.db import db
from portal.members.models import Member, Suspension

LEVELS = ("new", "regular", "trusted")


@dataclass(frozen=True)
class Standing:
    """What a member's level is made of. `points` is what counts: earned less lost."""

    level: str
    days: int
    published: int
    agreed_reports: int
    removed: int
    false_reports: int
    warnings: int
    points: int

    @property
    def lost(self) -> int:
        """Points lost within the last days."""
        return self.published + self.agreed_reports - self.points


def level_of(s: Settings, points: int, days: float) -> str:
    """The level of so many points and days of membership."""
    if points >= s.trusted_from_contributions and days >= s.trusted_from_days:
        return "trusted"
    if points >= s.new_until_contributions and days >= s.new_until_days:
        return "regular"
    return "new"


def standing_of(member: Member) -> Standing:
    """A member's level with what it is made of; staff are trusted whatever they did."""
    s, now = settings(), clock.now()
    since = now - timedelta(days=s.trust_lost_days)
    counts: Any = db.session.execute(select(*(q.scalar_subquery() for q in _counts(member.id, since)))).one()
    agreed, removed, wrong, warned = counts
    agreed = min(agreed, s.trust_reports_at_most)
    lost = removed * s.trust_lost_removed + wrong * s.trust_lost_false_report + warned * s.trust_lost_warning
    points = member.published_count + agreed - lost
    days = (now - member.joined_at) / timedelta(days=1)
    level = "trusted" if member.is_staff else level_of(s, points, days)
    return Standing(level, int(days), member.published_count, agreed, removed, wrong, warned, points)


def _counts(member_id: int, since: datetime) -> tuple[Select[Any], ...]:
    undo = aliased(Decision)
    undone = select(undo.id).where(undo.undoes_id == Decision.id).exists()
    own_reports = select(func.count()).select_from(Report).where(Report.reporter_id == member_id)
    return (
        own_reports.where(Report.upheld.is_(True)),
        select(func.count(Decision.contribution_id.distinct()))
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            Contribution.author_id == member_id,
            Contribution.state == "removed",
            Decision.as_moderator.is_(True),
            Decision.to_state == "removed",
            Decision.at > since,
            ~undone,
        ),
        own_reports.where(Report.upheld.is_(False), Report.settled_at > since),
        select(func.count()).select_from(Suspension).where(Suspension.member_id == member_id, Suspension.at > since),
    )


def what_comes_next(standing: Standing) -> tuple[str, int, int]:
    """The next level, and how many points and days are missing; an empty name at the top."""
    s = settings()
    steps = {
        "new": ("regular", s.new_until_contributions, s.new_until_days),
        "regular": ("trusted", s.trusted_from_contributions, s.trusted_from_days),
    }
    if standing.level not in steps:
        return "", 0, 0
    name, points, days = steps[standing.level]
    return name, max(0, points - standing.points), max(0, days - standing.days)


def table() -> list[tuple[str, tuple[str, str, str]]]:
    """What each level may do, from the settings: rows of a label and a cell each for new, regular and trusted."""
    s = settings()
    day, none = "a day", "no limit"
    return [
        (
            "How one gets there",
            (
                "everybody who joins",
                f"{s.new_until_contributions} points and {s.new_until_days} days",
                f"{s.trusted_from_contributions} points and {s.trusted_from_days} days",
            ),
        ),
        ("First contributions", (f"the first {s.held_contributions} wait for a moderator", *("public at once",) * 2)),
        ("Topics, stories, photos, articles", (f"{s.new_topics_a_day} {day}", none, none)),
        ("Replies", (f"{s.new_replies_a_day} {day}", none, none)),
        ("Pause between two replies", (f"{s.new_reply_pause} seconds", *(f"{s.reply_pause} seconds",) * 2)),
        ("Pause between two topics", (f"{s.new_topic_pause} seconds", *(f"{s.topic_pause} seconds",) * 2)),
        ("Links in one text", (f"{s.new_links}, with more it waits", none, none)),
        (
            "Links to one and the same site",
            (*(f"the {_nth(s.same_host_links)} in {s.repeated_days} days waits",) * 2, none),
        ),
        ("Photos", ("wait for a moderator", "public at once", "public at once")),
        ("Pictures in other texts", (f"{s.new_pictures}, with more it waits", *("public at once",) * 2)),
        ("What looks like spam, or like a text that is here already", ("waits", "waits", "is public at once")),
        ("What has words the moderators watch for", ("waits or is refused",) * 3),
        ("Rewriting what is public", ("waits for a moderator", "public at once", "public at once")),
        (
            "Reports",
            (
                "are read; hide nothing",
                f"{s.reports_to_hide} hide a text until it is decided",
                f"{s.reports_to_hide} hide a text until it is decided",
            ),
        ),
    ]  # fmt: skip


def _nth(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
