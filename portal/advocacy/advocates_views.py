"""The pages on which advocates are found, by what they know and by who they are; and months and years of help."""

from typing import Any

from flask import abort, render_template, request
from flask_login import current_user

from portal import text as texts
from portal.access import public
from portal.advocacy import advocates, leaderboards
from portal.advocacy.advocates import Advocate, Filters
from portal.advocacy.views import bp
from portal.config import settings
from portal.members.models import Member
from portal.pages.judging import kept
from portal.web import Page, page_number

LONGEST = 120
"""Characters of a filter: as long as what it can be."""


@bp.get("/advocates/")
@public
@kept
def show_advocates() -> str:
    """In sections by what they know; narrowed by board, product, tag, trade and place; `?all=1`: everybody, by name."""
    filters, everybody = _filters(), advocates.everybody()
    every = "all" in request.args
    shown: dict[str, Any] = {"filters": filters, "every": every, "total": len(everybody.people), "settings": settings()}
    shown |= {"offers": everybody.offers(filters), "leaderboards": settings().leaderboards}
    if not (filters.chosen or every):
        if page_number() > 1:
            abort(404)
        return render_template("advocacy/advocates.html", sections=advocates.sections(everybody, current_user), **shown)
    page = _page(everybody.fitting(filters))
    found = advocates.cards(page.rows, everybody, current_user, filters.board)
    return render_template("advocacy/advocates.html", found=found, page=page, **shown)


def _filters() -> Filters:
    said = {name: texts.clean_line(request.args.get(name, ""))[:LONGEST] for name in Filters.names()}
    return Filters(**said | {name: said[name].casefold() for name in ("trade", "place")})


def _page(rows: Any) -> Page[Any]:
    number, size = page_number(), advocates.PER_PAGE
    last = max(1, -(-len(rows) // size))
    if number > last:
        abort(404)
    return Page(rows[(number - 1) * size : number * size], number, last, len(rows))


@bp.get("/advocates/this-month", defaults={"period": "month"})
@bp.get("/advocates/this-year", defaults={"period": "year"})
@public
@kept
def show_leaderboard(period: str) -> str:
    """Who helped most people in this month or year; not there unless the company switched it on."""
    if not settings().leaderboards:
        abort(404)
    board = leaderboards.leaderboard(period)
    return render_template("advocacy/leaderboard.html", board=board, settings=settings())


@bp.app_template_global()
def advocate_of(member: Member) -> Advocate | None:
    """A member as an advocate, for their page; nothing for everybody else, and then it asks nothing."""
    return advocates.of_member(member, current_user)
