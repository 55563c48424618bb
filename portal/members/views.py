"""The members' list and each member's public page."""

from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, public
from portal.contributions.queries import Gone
from portal.members import published, queries
from portal.members.names import clean_username, is_username
from portal.pages.judging import kept
from portal.web import Page, paginate

bp = Blueprint("members", __name__, url_prefix="/members")

SEARCHED = (("", "Everything"), ("name", "Name"), ("trade", "Trade"), ("place", "Place"), ("owns", "What they own"))


@bp.get("/")
@public
@kept
def list_members() -> str:
    """Everybody here, those who helped most first; `?q=` and `?by=` narrow it."""
    q = request.args.get("q", "")[: queries.SEARCH_MAX_CHARS]
    by = request.args.get("by", "")
    page = queries.search(q, by)
    return render_template("members/list.html", page=page, q=q, by=by, searched=SEARCHED)


@bp.get("/suggest")
@member_only
def suggest() -> Response:
    """A few members for a mention that begins with `?q=`."""
    found = queries.suggest(request.args.get("q", ""))
    return jsonify(
        [{"username": m.username, "display_name": m.display_name, "portrait_url": m.portrait_url} for m in found]
    )


@bp.get("/<username>")
@public
@kept
def show_member(username: str) -> Any:
    """Who this is, what they are known for, and what they published, newest first."""
    name = clean_username(username)
    if name != username and is_username(name):
        return redirect(url_for("members.show_member", username=name), 301)
    member = queries.by_username(name)
    if member is None or not (member.erased_at or queries.is_shown(member, current_user)):
        abort(404)
    if member.erased_at is not None:
        raise Gone
    kind = request.args.get("kind", "")
    tally = published.tally(member)
    if kind and kind not in tally.counts:
        kind = ""
    page: Page[Any] = paginate(published.by_member(member, kind), total=tally.counts.get(kind, tally.total))
    return render_template("members/show.html", member=member, tally=tally, page=page, kind=kind)
