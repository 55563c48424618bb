"""How fast and how much somebody writes."""

from datetime import timedelta

from portal.contributions.screening.submission import Submission
from portal.contributions.screening.verdicts import REFUSE, Finding


def pause(sub: Submission) -> Finding | None:
    """Somebody who writes this fast is a program, or pressed the button twice."""
    if sub.again:
        return None
    s, new = sub.s, sub.trust == "new"
    if sub.contribution.is_reply:
        seconds = s.new_reply_pause if new else s.reply_pause
    else:
        seconds = s.new_topic_pause if new else s.topic_pause
    last = sub.last_sent(timedelta(seconds=seconds))
    if last is None:
        return None
    passed = (sub.at - last).total_seconds()
    left = seconds - passed
    if not 0 < left <= seconds:  # a clock that jumped back locks nobody out
        return None
    wait = f"{-(-left // 60):.0f} minutes" if left > 60 else f"{left:.0f} seconds" if left >= 1.5 else "a second"
    return Finding(
        REFUSE, "too_fast", f"That was quick. Please wait {wait} and send it again; your text is kept.",
        (f"{passed:.0f} seconds after the last one; {seconds} are asked for",),
    )  # fmt: skip


def daily_limit(sub: Submission) -> Finding | None:
    """New members start few topics and write few replies a day."""
    if sub.trust != "new" or sub.again:
        return None
    limit = sub.s.new_replies_a_day if sub.contribution.is_reply else sub.s.new_topics_a_day
    count = sub.sent_within_a_day()
    if count < limit:
        return None
    what = "replies" if sub.contribution.is_reply else "topics or other contributions"
    return Finding(
        REFUSE, "daily_limit",
        f"New members can post {limit} {what} a day, and you have. Send this one tomorrow; your text is kept.",
        (f"{count} in the last 24 hours; {limit} are possible",),
    )  # fmt: skip
