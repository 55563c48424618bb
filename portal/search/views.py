"""The search page, what is offered while somebody types, and what is like a question that is being written."""

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.access import public
from portal.db import db
from portal.members.throttle import may_suggest
from portal.search import SearchUnavailable, asking, noting, unpublished
from portal.search.asking import Asked, Narrowed
from portal.search.queries import MOST_PAGES, Found, did_you_mean, find
from portal.search.query_language import Query, parse
from portal.search.showing import groups_of, kinds_of, thumbnails
from portal.search.similar import related_to, similar_questions
from portal.search.suggesting import suggest
from portal.web import Page, page_number

bp = Blueprint("search", __name__)
bp.after_app_request(noting.note_opened)
bp.app_template_global("related_to")(related_to)
bp.app_template_global("similar_questions")(similar_questions)


@bp.get("/search")
@public
def search() -> ResponseReturnValue:
    """What was typed, read as far as it makes sense, and what was found; without a word: how to ask."""
    moderates = bool(current_user.is_authenticated and current_user.moderates)
    asked, number = asking.read(request.args, moderates), page_number()
    if request.args.get("state") in asking.STATES and not moderates:
        abort(404)  # what the reader may not see is not found
    if asked.state:
        return _unpublished(asked)
    query = parse(asked.q)
    if query.is_empty and not asked.narrowings:
        return _page(asked, None)
    if number > MOST_PAGES:
        abort(404)
    narrowed = asking.narrowed(asked)
    if narrowed.nowhere:
        return _nothing(asked, narrowed)
    try:
        return _found(asked, narrowed, query, number)
    except SearchUnavailable:
        db.session.rollback()  # where it was the database that went away, the page needs another connection
        response = make_response(_page(asked, narrowed, unavailable=True), 503)
        response.headers["Retry-After"] = "30"
        return response


@bp.get("/search/suggest")
@public
def suggest_places() -> Response:
    """A few public places for what begins with `?q=`; nothing, rather than an error, for who asks too often."""
    found = suggest(request.args.get("q", "")) if may_suggest() else []
    return _fresh(jsonify([{"label": s.label, "what": s.what, "address": s.address} for s in found]))


@bp.get("/search/similar")
@public
def show_similar() -> Response:
    """Public topics like `?title=` and `&text=`, as the part of a page that the form shows."""
    title, text = request.args.get("title", "")[:400], request.args.get("text", "")[:2000]
    found = similar_questions(title, text) if may_suggest() else []
    return _fresh(make_response(render_template("search/_similar.html", similar=found, look=False)))


def _found(asked: Asked, narrowed: Narrowed, query: Query, number: int) -> ResponseReturnValue:
    found: Found = find(query, filters=narrowed.filters, sort=asked.order, page=number)
    if number > found.last_page:
        abort(404)
    facets = found.results.facets
    unsure = number == 1 and (not found.results.total or found.results.relaxed)
    if number == 1 and query.has_text and not asked.narrowings and not found.results.growing:
        noting.note_search(asked.q, found.results.total)
    return _page(
        asked, narrowed, found=found, kinds=kinds_of(facets, asked),
        groups=groups_of(facets, asked, found.results.total),
        meant=did_you_mean(asked.q, query) if unsure else "",
        thumbnails=thumbnails([answer.root for answer in found.answers]),
        page=Page(found.answers, number, found.last_page, found.results.total),
    )  # fmt: skip


def _nothing(asked: Asked, narrowed: Narrowed) -> ResponseReturnValue:
    if page_number() > 1:
        abort(404)
    return _page(asked, narrowed, nowhere=True)


def _unpublished(asked: Asked) -> ResponseReturnValue:
    """What is not public, for moderators: never noted, never from the index."""
    narrowed = asking.narrowed(asked)
    return render_template(
        "search/unpublished.html", asked=asked, narrowed=narrowed, page=unpublished.find(asked, narrowed),
        counts=unpublished.counts(), states=asking.STATES,
    )  # fmt: skip


def _page(asked: Asked, narrowed: Narrowed | None, **shown: object) -> str:
    return render_template("search/results.html", asked=asked, narrowed=narrowed, **shown)


def _fresh(response: Response) -> Response:
    """Kept by nobody on the way: what is hidden a moment later must not be offered any more."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


from portal.search import insights_views  # noqa: E402, F401 (more views of this blueprint)
