"""What programs read: Atom feeds, the sitemap, and what robots should leave alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import escape
from werkzeug.wrappers import Response as BaseResponse

from portal.access import public
from portal.config import settings
from portal.contributions.addresses import url_of
from portal.contributions.base import Contribution
from portal.feeds import queries
from portal.feeds.describing import absolute
from portal.pages.judging import kept
from portal.site import the_site

bp = Blueprint("feeds", __name__)

MOVED = {"latest": "all", "topics": "forum"}
"""Other names by which programs look for feeds → the feed's one address."""
EMPTY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed: Atom wants a time, and it must not change by itself."""

_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@bp.app_template_filter("xml_text")
def xml_text(text: str) -> str:
    """`text` without what XML 1.0 cannot hold (section 2.2); escaping is the template's."""
    return _NOT_IN_XML.sub("", str(text))


@bp.app_template_filter("rfc3339")
def rfc3339(at: datetime) -> str:
    """An instant as Atom wants it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@bp.get("/feeds/<name>.atom")
@public
@kept
def show_feed(name: str) -> ResponseReturnValue:
    """The latest of one kind, of one board, or of all."""
    if name in MOVED:
        return redirect(url_for("feeds.show_feed", name=MOVED[name]), 301)
    source = queries.feed(name)
    if source is None:
        abort(404)
    entries = queries.latest(source)
    updated = max((entry.edited_at or entry.published_at or EMPTY_SINCE for entry in entries), default=EMPTY_SINCE)
    site = the_site()
    body = render_template(
        "feeds/feed.xml",
        title=f"{source.title} · {site.name}" if source.title else site.name,
        subtitle=site.tagline,
        id=tag_uri("feed", name),
        own=absolute(url_for("feeds.show_feed", name=name)),
        page=absolute(source.address),
        updated=updated,
        entries=entries,
        address_of=lambda entry: absolute(url_of(entry)),
        member_url=lambda member: absolute(f"/members/{quote(member.username)}"),
        tag_uri=tag_uri,
        pictures_of=_pictures,
        absolute=absolute,
        base=absolute("/"),
    )
    response = make_response(body)
    response.mimetype = "application/atom+xml"
    return _answer(response)


def tag_uri(sort: str, name: object) -> str:
    """A name that stays when addresses change (RFC 4151)."""
    return f"tag:{urlsplit(settings().base_url).hostname},2026:{sort}/{quote(str(name))}"


def _pictures(entry: Contribution) -> list[tuple[str, str]]:
    """(absolute address, words) of the pictures shown with a contribution, as far as everybody can load them.

    JPEG, which every reader of feeds understands.
    """
    return [(absolute(p.src), p.alt) for p in entry.pictures if p.is_public and not p.in_text]


@bp.get("/sitemap.xml")
@public
@kept
def show_sitemap() -> ResponseReturnValue:
    """The list of sitemaps: one of the places, and one for every 10,000 contributions."""
    parts = queries.sitemap_parts()
    newest = max((changed for _part, changed in parts), default=EMPTY_SINCE)
    files = [(absolute(url_for("feeds.show_sitemap_places")), newest)]
    files += [(absolute(url_for("feeds.show_sitemap_part", part=part)), changed) for part, changed in parts]
    response = make_response(render_template("feeds/sitemap_index.xml", files=files))
    response.mimetype = "application/xml"
    return _answer(response)


@bp.get("/sitemaps/places.xml")
@public
@kept
def show_sitemap_places() -> ResponseReturnValue:
    """The pages that always are there, and the boards."""
    paths = ["/", "/forum/", "/stories/", "/photos/", "/blog/", "/advocates/", "/members/"]
    paths += ["/about/how-this-works", "/about/trust", "/advocates/marks"]
    paths += ["/photos/challenges/"]
    paths += [f"/forum/{quote(slug)}/" for slug in queries.board_slugs()]
    paths += [f"/photos/challenges/{quote(slug)}" for slug in queries.challenge_slugs()]
    response = make_response(render_template("feeds/sitemap.xml", addresses=[absolute(path) for path in paths]))
    response.mimetype = "application/xml"
    return _answer(response)


@bp.get("/sitemaps/<int:part>.xml")
@public
@kept
def show_sitemap_part(part: int) -> ResponseReturnValue:
    """The pages of one ten thousand of contributions, streamed."""
    mark = queries.sitemap_mark(part)
    if mark is None:
        abort(404)
    response = Response(mimetype="application/xml")
    response.set_etag(mark, weak=True)  # and no time: when a page goes, the newest of those that stay is older
    response.headers["Cache-Control"] = "public, no-cache"
    response.make_conditional(request)
    if response.status_code != 304:
        response.response = stream_with_context(_sitemap(part))
    return response


def _sitemap(part: int) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
    )
    for contribution in queries.sitemap_part(part):
        shown = "".join(
            f"<image:image><image:loc>{escape(src)}</image:loc></image:image>" for src in _sources(contribution)
        )
        changed = rfc3339(contribution.last_activity_at)
        yield f"<url><loc>{escape(absolute(url_of(contribution)))}</loc><lastmod>{changed}</lastmod>{shown}</url>\n"
    yield "</urlset>\n"


def _sources(contribution: Contribution) -> list[str]:
    """The addresses of its public pictures, those in its text too."""
    return [absolute(picture.src) for picture in contribution.pictures if picture.is_public]


@bp.get("/robots.txt")
@public
@kept
def show_robots() -> ResponseReturnValue:
    """What robots should leave alone: a member's own pages, the queue, the owner's, and endless searches."""
    response = make_response(render_template("feeds/robots.txt", sitemap=absolute(url_for("feeds.show_sitemap"))))
    response.mimetype = "text/plain"
    return _answer(response)


def _answer(response: Response) -> BaseResponse:
    """With validators, so that a program that has it already is told so in a few bytes."""
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()  # and no time: when an entry goes, the newest of those that stay is older
    return response.make_conditional(request)
