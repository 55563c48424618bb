"""What a page says of itself to programs: schema.org data for search engines, cards for those who share its address.

Both are made from what the page has loaded anyway, and only for what everybody may read. The data stands in the page
as JSON-LD, which browsers take for data and never run; of a text it tells the first words, as lists do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from portal.config import settings
from portal.contributions.base import Contribution
from portal.contributions.below import Root, Shown, shown
from portal.contributions.rows import STATE
from portal.contributions.thread import Thread
from portal.fragments import Same, fragments, same
from portal.media.models import Picture
from portal.members.models import Member
from portal.members.traits import Person
from portal.site import SiteRow, the_site

CARD_WIDTH = 1200
"""Pixels that a large sharing card wants at least (Open Graph's and X's advice)."""

Node = dict[str, Any]


def init_app(app: Flask) -> None:
    """Give the templates `describe(contribution, thread)` and `describe_site()` for their head."""
    app.jinja_env.globals["describe"] = describe
    app.jinja_env.globals["describe_site"] = describe_site


def describe(contribution: Any, thread: Thread | None = None) -> Markup:
    """The head's part about one contribution, `thread` being its replies on this page; empty unless it is published."""
    if not contribution.is_published:
        return Markup()
    first_page = thread is None or thread.page.number == 1
    if thread is None or not first_page:
        return _kept_if_a_row(contribution, first_page, None, None, None)
    solved = same(tuple([row for row in thread.solved if row[STATE] == "published"]))
    return _kept_if_a_row(contribution, True, thread.root, thread.public, solved)


def _kept_if_a_row(contribution: Any, first_page: bool, *replies: Any) -> Markup:
    """By a row, what is said of it can be kept."""
    if isinstance(contribution, tuple):
        shown: Any = contribution._replace(view_count=0)  # type: ignore[attr-defined]
        return fragments().of(_with_replies, shown, the_site(), first_page, *replies)
    return _with_replies(contribution, the_site(), first_page, *replies)


def _with_replies(
    contribution: Any, site: SiteRow, first_page: bool, root: Root | None, rows: Same | None, solved: Same | None
) -> Markup:
    replies = [shown(those.values, root) if root and those else [] for those in (rows, solved)]
    return _described(contribution, site, first_page, *replies)


def _described(contribution: Any, site: SiteRow, first_page: bool, *replies: Sequence[Shown]) -> Markup:
    pictures = _pictures(contribution)
    address = absolute(contribution.address)
    parts = [_cards(contribution, site, address, pictures)]
    if first_page:
        parts.insert(0, Markup('<link rel="canonical" href="{}">').format(address))
        about: Any = {"topic": _topic, "article": _article, "story": _story, "photo": _gallery}[contribution.kind]
        parts.append(as_data(about(contribution, site, address, pictures, *replies)))
    return Markup("\n").join(parts)


def describe_site() -> Markup:
    """The front page's: what this site is, and how to search it."""
    site = the_site()
    search = absolute(url_for("search.search")) + "?q={query}"
    data: Node = {
        "@type": "WebSite",
        "name": site.name,
        "description": site.tagline,
        "url": absolute("/"),
        "potentialAction": {"@type": "SearchAction", "target": search, "query-input": "required name=query"},
    }
    if site.company:
        data["publisher"] = {"@type": "Organization", "name": site.company}
    card = {"og:type": "website", "og:title": site.name, "og:description": site.tagline, "og:url": absolute("/")}
    return Markup("\n").join([_metas(card), as_data(data)])


def absolute(path: str) -> str:
    """An own path with the public address in front."""
    return path if path.startswith(("http://", "https://")) else settings().base_url + path


def _cards(contribution: Contribution, site: SiteRow, address: str, pictures: list[Picture]) -> Markup:
    """Open Graph (ogp.me), which nearly every program that shows a shared address reads."""
    card: dict[str, Any] = {
        "og:site_name": site.name,
        "og:type": "article",
        "og:title": contribution.title,
        "og:description": contribution.excerpt or contribution.title,
        "og:url": address,
        "article:published_time": _time(contribution.published_at),
        "twitter:card": "summary_large_image" if pictures else "summary",
    }
    if pictures:
        cover = pictures[0]
        source, width = _jpeg(cover)
        card |= {
            "og:image": source,
            "og:image:width": width,
            "og:image:height": max(1, round(cover.height * width / cover.width)),
            "og:image:alt": cover.alt,
        }
    return _metas(card)


def _topic(
    topic: Any, site: SiteRow, address: str, pictures: list[Picture], shown: Sequence[Shown], solutions: Sequence[Shown]
) -> Node:
    if not topic.is_question:
        return _common(topic, site, address, pictures, "DiscussionForumPosting") | {
            "text": topic.excerpt,
            "commentCount": topic.reply_count,
            "comment": [_answer(row, "Comment") for row in shown],
        }
    accepted = {row.reply.id: row for row in (*solutions, *shown) if row.reply.is_accepted}
    question = {
        "@type": "Question",
        "name": topic.title,
        "text": topic.excerpt,
        "answerCount": topic.reply_count,
        "upvoteCount": topic.total_thanks,
        "datePublished": _time(topic.published_at),
        "author": _person(topic.author),
        "acceptedAnswer": [_answer(row, "Answer") for row in accepted.values()],
        "suggestedAnswer": [_answer(row, "Answer") for row in shown if row.reply.id not in accepted],
    }
    return {"@type": "QAPage", "url": address, "mainEntity": _filled(question)}


def _answer(row: Shown, kind: str) -> Node:
    reply = row.reply
    return {
        "@type": kind,
        "text": reply.excerpt,
        "url": absolute(row.permalink),
        "upvoteCount": reply.total_thanks,
        "datePublished": _time(reply.published_at),
        "author": _person(reply.author),
    }


def _article(article: Any, site: SiteRow, address: str, pictures: list[Picture], *replies: Sequence[Shown]) -> Node:
    return _common(article, site, address, pictures, "BlogPosting") | {"commentCount": article.reply_count}


def _story(story: Any, site: SiteRow, address: str, pictures: list[Picture], *replies: Sequence[Shown]) -> Node:
    about = [{"@type": "Product", "name": story.product.name}] if _loaded(story, "product") and story.product else []
    return _common(story, site, address, pictures, "Article") | {
        "articleSection": "Customer stories",
        "commentCount": story.reply_count,
        "about": [*about, *({"@type": "Thing", "name": words} for words in (story.goal, story.trade) if words)],
    }


def _gallery(photo: Any, site: SiteRow, address: str, pictures: list[Picture], *replies: Sequence[Shown]) -> Node:
    return _common(photo, site, address, [], "ImageGallery") | {
        "associatedMedia": [_image(picture, photo) for picture in pictures],
        "contentLocation": {"@type": "Place", "name": photo.taken_at_place} if photo.taken_at_place else None,
    }


def _common(contribution: Contribution, site: SiteRow, address: str, pictures: list[Picture], kind: str) -> Node:
    return {
        "@type": kind,
        "headline": contribution.title[:110],
        "description": contribution.excerpt,
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": _time(contribution.published_at),
        "dateModified": _time(contribution.edited_at or contribution.published_at),
        "author": _person(contribution.author),
        "publisher": {"@type": "Organization", "name": site.company or site.name},
        "image": [_image(picture, contribution) for picture in pictures],
        "keywords": [tag.name for tag in contribution.tags] if _loaded(contribution, "tags") else [],
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/LikeAction",
            "userInteractionCount": contribution.total_thanks,
        },
    }


def _image(picture: Picture, contribution: Contribution) -> Node:
    source, width = _jpeg(picture)
    return {
        "@type": "ImageObject",
        "contentUrl": source,
        "width": width,
        "height": max(1, round(picture.height * width / picture.width)),
        "caption": picture.alt,
        "creditText": contribution.author.display_name,
        "creator": _person(contribution.author),
    }


def _person(member: Member | Person) -> Node:
    page = None if member.erased_at else absolute(f"/members/{quote(member.username)}")
    return _filled({"@type": "Person", "name": member.display_name, "url": page})


def _pictures(contribution: Contribution) -> list[Picture]:
    """Those that everybody can load and that stand with the text rather than in it."""
    if not _loaded(contribution, "pictures"):
        return []
    return [picture for picture in contribution.pictures if picture.is_public and not picture.in_text]


def _jpeg(picture: Picture) -> tuple[str, int]:
    """The address and the width of the smallest JPEG that is wide enough for a card, else of the widest."""
    sizes = [entry.split() for entry in picture.srcset("jpeg").split(", ") if entry]
    choice = [(absolute(source), int(width.removesuffix("w"))) for source, width in sizes]
    wide = [(source, width) for source, width in choice if width >= CARD_WIDTH]
    return (wide or choice[-1:] or [(absolute(picture.src), picture.width)])[0]


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _loaded(contribution: Contribution, name: str) -> bool:
    state = sa.inspect(contribution, raiseerr=False)
    return name not in state.unloaded if state is not None else hasattr(contribution, name)  # a row has what it has


def _filled(node: Node) -> Node:
    """Without what is not known."""
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _metas(card: dict[str, Any]) -> Markup:
    rows = (f'<meta property="{escape(name)}" content="{escape(value)}">' for name, value in card.items() if value)
    return Markup("\n".join(rows))  # noqa: S704 - both halves are escaped in the line above


def as_data(node: Node) -> Markup:
    """A node of schema.org as JSON-LD, for a page's head."""
    data = htmlsafe_json_dumps({"@context": "https://schema.org", **_filled(node)})
    return Markup('<script type="application/ld+json">{}</script>').format(data)
