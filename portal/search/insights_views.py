"""What staff learn from searches, as a page and as a file."""

import csv
import io

from flask import Response, render_template, request

from portal.access import moderator_only
from portal.config import settings
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
    """The same as a file. Folded words are letters and digits alone, so no cell can be read as a formula."""
    days, out = _days(), io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["words", "times", "nothing found", "opened", "last"])
    lines.writerows([s.words, s.times, s.empty, s.opened, s.last.isoformat()] for s in insights.everything(days))
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")  # the mark tells spreadsheets that it is UTF-8
    answer.headers["Content-Disposition"] = f"attachment; filename=searches-{days}-days.csv"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _days() -> int:
    given = request.args.get("days", "")
    return int(given) if given in map(str, insights.PERIODS) else insights.PERIODS[1]
