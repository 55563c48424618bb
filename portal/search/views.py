"""The search page."""

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import public
from portal.search import SearchUnavailable
from portal.search.engine import Sort
from portal.search.queries import MOST_PAGES, Found, find
from portal.search.query_language import KINDS, MOST_CHARS, parse
from portal.text import clean_line
from portal.web import Page, page_number

bp = Blueprint("search", __name__)

KIND_NAMES = {"topic": "Topics", "article": "Articles", "story": "Stories", "photo": "Photos"}


@bp.get("/search")
@public
def search() -> ResponseReturnValue:
    """What was typed, read as far as it makes sense, and what was found; without a word: how to ask."""
    typed = clean_line(request.args.get("q", ""))[:MOST_CHARS]
    kind = KINDS.get(request.args.get("kind", ""), "")
    board = request.args.get("board", "")[:60]
    sort: Sort = "newest" if request.args.get("sort") == "newest" else "relevance"
    number = page_number()
    query = parse(typed)
    shown = {"typed": typed, "kind": kind, "board": board, "sort": sort, "kind_names": KIND_NAMES}
    if query.is_empty:
        return render_template("search/results.html", **shown, found=None, page=None)
    if number > MOST_PAGES:
        abort(404)
    try:
        found = find(query, kind=kind, board=board, sort=sort, page=number)
    except SearchUnavailable:
        response = make_response(render_template("search/unavailable.html", **shown), 503)
        response.headers["Retry-After"] = "30"
        return response
    if number > found.last_page:
        abort(404)
    return render_template("search/results.html", **shown, found=found, page=_page(found, number), query=query)


def _page(found: Found, number: int) -> Page[object]:
    return Page(found.answers, number, found.last_page, found.results.total)
