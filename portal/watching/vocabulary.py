"""The words of watching: everything that is ever counted, and what Prometheus calls it.

Nothing is counted under a name that is not here, so that no person, address or text gets into the
counts. A family (`errand_done`) has one name for each reaction: `errand_done:index`.
"""

import re
from dataclasses import dataclass

BOUNDS = (2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000)
"""Milliseconds up to which an answer falls into a step of the histogram; beyond the last is one step more."""
TOOK = (*(f"took_{bound}" for bound in BOUNDS), "took_more")
ANSWERS = ("answer_2xx", "answer_3xx", "answer_4xx", "answer_5xx")
GAUGE = "gauge"
"""The family of what is not counted but looked at once a minute; its sums over all time mean nothing."""
LONGEST = 40
"""Letters of a name: what the column takes."""

_SECOND = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Counter:
    """A name, the metric it is part of, the label that tells it from the metric's others, and what it says."""

    name: str
    metric: str
    says: str
    label: tuple[str, str] | None = None
    family: str = ""
    """The label that holds the second half of the names of a family."""


_REQUESTS = "Requests that the application answered, by the first digit of the status."
_PAGES = "Requests for pages that the page cache looked up, by what came of it."
_MAILS = "Mails by what became of them: handed over, or not."
_PICTURES = "Pictures: received, refused, and those whose sizes were finished."
_ERRANDS = "Errands that follow activities, by reaction and outcome; a failed one is tried again."

COUNTERS: tuple[Counter, ...] = (
    *(Counter(name, "portal_requests_total", _REQUESTS, ("answer", name[-3:])) for name in ANSWERS),
    Counter("slow_request", "portal_slow_requests_total", "Requests slower than PORTAL_SLOW_REQUEST_MS."),
    Counter("page_hit", "portal_page_cache_total", _PAGES, ("outcome", "hit")),
    Counter("page_304", "portal_page_cache_total", _PAGES, ("outcome", "not_modified")),
    Counter("page_miss", "portal_page_cache_total", _PAGES, ("outcome", "miss")),
    Counter("mail_sent", "portal_mails_total", _MAILS, ("outcome", "sent")),
    Counter("mail_failed", "portal_mails_total", _MAILS, ("outcome", "failed")),
    Counter("picture_received", "portal_pictures_total", _PICTURES, ("outcome", "received")),
    Counter("picture_refused", "portal_pictures_total", _PICTURES, ("outcome", "refused")),
    Counter("picture_finished", "portal_pictures_total", _PICTURES, ("outcome", "finished")),
    Counter("errand_done", "portal_errands_total", _ERRANDS, ("outcome", "done"), family="reaction"),
    Counter("errand_failed", "portal_errands_total", _ERRANDS, ("outcome", "failed"), family="reaction"),
    Counter("slow_query", "portal_slow_queries_total", "Statements slower than PORTAL_SLOW_QUERY_MS."),
    Counter("sign_in_failed", "portal_sign_ins_failed_total", "Tries to sign in that failed."),
    Counter("rate_limited", "portal_rate_limited_total", "Requests answered with 429: too many."),
)

_WHOLE = frozenset([counter.name for counter in COUNTERS if not counter.family] + list(TOOK))
_FAMILIES = frozenset([counter.name for counter in COUNTERS if counter.family] + [GAUGE])


def is_known(name: str) -> bool:
    """Whether something may be counted under this name."""
    if name in _WHOLE:
        return True
    first, _, second = name.partition(":")
    return first in _FAMILIES and len(name) <= LONGEST and _SECOND.fullmatch(second) is not None


def is_gauge(name: str) -> bool:
    """Whether this is one of what is looked at, not counted."""
    return name.startswith(f"{GAUGE}:")
