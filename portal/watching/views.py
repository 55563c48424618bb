"""What the site does: as metrics for Prometheus, and as plots for its owner."""

import hmac
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError

from portal import activity, plots
from portal.access import admin_only, public
from portal.config import settings
from portal.watching import figures, metrics, standing
from portal.watching.figures import PERIODS, Step

bp = Blueprint("watching", __name__)


@bp.get("/metrics")
@public  # a program has no account here: it shows a token, and nobody without it learns that there is a page
def show_metrics() -> Response:
    """All sums and gauges, to whoever sends the token."""
    if not _knows_the_token():
        abort(404)
    try:
        words, status = metrics.text(metrics.sums_of_all_time(), standing.readings()), 200
    except DBAPIError:
        words, status = "# The database does not answer as it should; the log says more.\n", 503
    answer = Response(words, status, content_type=metrics.CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _knows_the_token() -> bool:
    wanted = settings().metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), wanted.encode())
    return bool(wanted) and scheme.lower() == "bearer" and same


@bp.get("/admin/watching")
@admin_only
def show_watching() -> str:
    """How it stands now, and how it went in the last hour, day or week."""
    period = PERIODS.get(request.args.get("last", "hour")) or abort(404)
    steps = figures.steps_of(period)
    whole = figures.together(steps, period)
    return render_template(
        "watching/watching.html", readings=standing.readings(), stuck=activity.stuck(), period=period, periods=PERIODS,
        steps=steps, whole=whole, empty=not whole.sums and not figures.anything_counted(),
        drawn=_drawn(steps) if whole.sums else [], slow=settings().slow_request_ms, slow_query=settings().slow_query_ms,
    )  # fmt: skip


def _drawn(steps: Sequence[Step]) -> list[tuple[str, Markup | None]]:
    """(title, plot) of each; None in place of a plot where nothing happened."""
    limits, when = settings(), [step.when for step in steps]

    def bars(title: str, values: Sequence[float]) -> tuple[str, Markup | None]:
        return title, plots.bars(when, values, title) if any(values) else None

    def lines(
        title: str, series: Mapping[str, Sequence[float | None]], unit: str = "", top: float = 0
    ) -> tuple[str, Markup | None]:
        there = any(value is not None for values in series.values() for value in values)
        return title, plots.lines(when, series, title, unit, top) if there else None

    def gauge(title: str, name: str, unit: str = "") -> tuple[str, Markup | None]:
        return lines(title, {"mean": [step.mean(name) for step in steps]}, unit)

    def counted(title: str, names: Mapping[str, str]) -> tuple[str, Markup | None]:
        series = {words: [step.number(name) for step in steps] for words, name in names.items()}
        return lines(title, series) if any(map(any, series.values())) else (title, None)

    return [
        bars("Requests a minute", [step.a_minute for step in steps]),
        lines(
            "Milliseconds to an answer",
            {
                "half of them within": [step.within(0.5) for step in steps],
                "99 of 100 within": [step.within(0.99) for step in steps],
            },
            " ms",
        ),
        bars("Answers that say that the portal failed (5xx)", [step.errors for step in steps]),
        bars(f"Answers slower than {limits.slow_request_ms} ms", [step.number("slow_request") for step in steps]),
        lines("Pages that the page cache had", {"share": [step.from_cache for step in steps]}, " %", 100),
        bars(f"Statements slower than {limits.slow_query_ms} ms", [step.number("slow_query") for step in steps]),
        gauge("Errands waiting", "errands"),
        gauge("Seconds that search is behind", "index_lag", " s"),
        gauge("Contributions waiting for a moderator", "queue"),
        counted("Mails", {"handed over": "mail_sent", "failed": "mail_failed"}),
        counted("Pictures", {"finished": "picture_finished", "refused": "picture_refused"}),
        counted("Turned away", {"too many requests": "rate_limited", "failed sign-ins": "sign_in_failed"}),
    ]  # fmt: skip
