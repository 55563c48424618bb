"""The staff's pages of insights: what there is to learn, and the account of help with its plots and tables."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from portal import clock, plots
from portal.access import staff_only
from portal.csv_files import csv_file
from portal.insights.advocates import ON_THE_WAY, TOO_MUCH, Load, Rising, advocates_since
from portal.insights.help_given import help_by_week
from portal.insights.questions import longest_unanswered, questions_since
from portal.moderation.openness import in_words

bp = Blueprint("insights", __name__)

PERIODS = {13: "a quarter", 26: "half a year", 52: "a year"}
"""Weeks that one can look at."""


@bp.get("/insights/")
@staff_only
def show_insights() -> str:
    """Where to find what."""
    return render_template("insights/overview.html")


@bp.get("/insights/help")
@staff_only
def show_help() -> str:
    """Who helps whom, on the whole: advocates, help over time, what became of the questions."""
    weeks = _weeks()
    since, by_week = _since(weeks), help_by_week(weeks)
    over = by_week[:-1]  # on a Monday the present week would look like the end of all help
    days = [week.begins for week in over]
    drawn = {
        "acts": plots.bars(days, [week.acts for week in over], "Acts of help, by week"),
        "helpers": plots.line(days, [week.helpers for week in over], "People who helped, by week"),
        "helped": plots.line(days, [week.helped for week in over], "People who were helped, by week"),
    }
    questions = questions_since(since)
    times = (questions.first_half, questions.first_most, questions.solved_half, questions.solved_most)
    return render_template(
        "insights/help.html", weeks=weeks, periods=PERIODS, by_week=by_week, drawn=drawn, questions=questions,
        times=[in_words(time) for time in times], unanswered=longest_unanswered(), advocates=advocates_since(since),
        too_much=round(100 * TOO_MUCH), on_the_way=round(100 * ON_THE_WAY),
    )  # fmt: skip


@bp.get("/insights/help/<any(weeks, advocates, rising, unanswered):table>.csv")
@staff_only
def take_help(table: str) -> Response:
    """One of its tables, for other programs."""
    weeks = _weeks()
    head, rows = _TABLES[table](weeks)
    return csv_file(f"help-{table}-{weeks}-weeks.csv", head, rows)


Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def _by_week(weeks: int) -> Table:
    head = ["week from", "acts of help", "people who helped", "people helped"]
    return head, ([w.begins, w.acts, w.helpers, w.helped] for w in help_by_week(weeks))


def _advocates(weeks: int) -> Table:
    def row(load: Load) -> Sequence[Any]:
        return [load.member.username, load.member.display_name, load.replies, load.acts, f"{load.share:.3f}"]

    head = ["username", "name", "replies", "acts of help", "share of all"]
    return head, map(row, advocates_since(_since(weeks)).in_force)


def _rising(weeks: int) -> Table:
    def row(r: Rising) -> Sequence[Any]:
        return [r.member.username, r.member.display_name, r.helped, r.helped_before, f"{r.member.help_score:.2f}"]

    head = ["username", "name", "people helped", "people helped before", "help score"]
    return head, map(row, advocates_since(_since(weeks)).rising)


def _unanswered(weeks: int) -> Table:
    head = ["question", "board", "asked"]
    return head, ([t.title, t.board.name if t.board else "", t.published_at] for t in longest_unanswered())


_TABLES: dict[str, Callable[[int], Table]] = {
    "weeks": _by_week, "advocates": _advocates, "rising": _rising, "unanswered": _unanswered,
}  # fmt: skip


def _weeks() -> int:
    raw = request.args.get("weeks", "13")
    if raw not in map(str, PERIODS):
        abort(404)
    return int(raw)


def _since(weeks: int) -> datetime:
    return clock.ago(days=7 * weeks)
