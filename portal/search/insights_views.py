"""What staff learn from searches, as a page and as a file."""

from flask import Response, render_template, request

from portal.access import moderator_only
from portal.config import settings
from portal.csv_files import csv_file
from portal.search import insights
from portal.search.views import bp


@bp.get("/insights/search")
@moderator_only
def show_insights() -> str:
    """What was searched for in a period: without a result, without a click, most."""
    return render_template(
        "insights/search.html", report=insights.report(_days()), periods=insights.PERIODS,
        kept_days=settings().search_words_days,
    )  # fmt: skip


@bp.get("/insights/search.csv")
@moderator_only
def take_insights() -> Response:
    """The same as a file."""
    days = _days()
    rows = ([s.words, s.times, s.empty, s.opened, s.last] for s in insights.everything(days))
    return csv_file(f"searches-{days}-days.csv", ["words", "times", "nothing found", "opened", "last"], rows)


def _days() -> int:
    given = request.args.get("days", "")
    return int(given) if given in map(str, insights.PERIODS) else insights.PERIODS[1]
