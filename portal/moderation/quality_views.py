"""The public log, and the staff's pages on how the work goes: plots, tables, second looks."""

from typing import Any

from flask import Response as File
from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock, plots
from portal.access import moderator_only, public
from portal.csv_files import csv_file
from portal.db import db
from portal.moderation import openness, quality, second_looks
from portal.moderation.models import SecondLook
from portal.moderation.openness import in_words
from portal.moderation.views import bp
from portal.pages.judging import kept
from portal.web import Page, page_number

ENTRIES_PER_PAGE = 50


@bp.get("/moderation/log")
@public
@kept
def show_log() -> str:
    """What was decided, for everybody: never the text, nor who wrote, reported or decided."""
    of = request.args.get("of", "")
    if of not in ("", "members"):
        abort(404)
    if of:
        rows, page = _page_of(openness.measures_query(), openness.count_measures())
        return render_template("moderation/log_members.html", rows=rows, page=page, now=clock.now())
    rows, page = _page_of(openness.log_query(), openness.count_log())
    return render_template("moderation/log.html", entries=[openness.entry(row) for row in rows], page=page)


def _page_of(query: Any, total: int) -> tuple[list[Any], Page[Any]]:
    number, last = page_number(), max(1, -(-total // ENTRIES_PER_PAGE))
    if number > last:
        abort(404)
    rows = list(db.session.execute(query.limit(ENTRIES_PER_PAGE).offset((number - 1) * ENTRIES_PER_PAGE)))
    return rows, Page(rows, number, last, total)


@bp.get("/moderation/quality")
@moderator_only
def show_quality() -> str:
    """What comes in, what waits, how long it takes: plots with tables beside them."""
    found = quality.quality(_period())
    days = [day.day for day in found.days]
    drawn = {
        "came": plots.bars(days, [day.came for day in found.days], "What came in to be decided, by day"),
        "backlog": plots.line(days, [day.backlog for day in found.days], "What waited at the end of each day"),
        "hours": plots.bars(
            days, [day.hours or 0 for day in found.days], "Median time to a decision, by day, in hours", " h"
        ),
    }
    return render_template(
        "moderation/quality.html", found=found, drawn=drawn, period=_period(), periods=quality.PERIODS,
        half=in_words(found.half), most=in_words(found.most), waiting=len(second_looks.waiting(current_user)),
    )  # fmt: skip


@bp.get("/moderation/quality.csv")
@moderator_only
def export_quality() -> File:
    """The days as a table for other programs."""
    return csv_file(f"moderation-{_period()}-days.csv", *quality.as_table(quality.quality(_period())))


def _period() -> int:
    raw = request.args.get("days", "30")
    if raw not in [str(days) for days in quality.PERIODS]:
        abort(404)
    return int(raw)


@bp.get("/moderation/second-looks")
@moderator_only
def show_second_looks() -> str:
    """Approvals by others that were drawn by lot."""
    return render_template("moderation/second_looks.html", drawn=second_looks.waiting(current_user))


@bp.post("/moderation/second-looks/<int:second_look_id>")
@moderator_only
def look_again(second_look_id: int) -> Response:
    """Say whether one would have approved it too."""
    db.get_or_404(SecondLook, second_look_id)
    agrees = request.form.get("agrees", "")
    if agrees not in ("0", "1"):
        abort(400)
    if second_looks.look(second_look_id, current_user, agrees == "1", request.form.get("note", "")):
        flash("Thank you. That was noted, and changes nothing by itself.", "success")
    else:
        flash("Somebody has looked at this already.", "warning")
    return redirect(url_for("moderation.show_second_looks"), 303)
