"""Writing articles."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from portal import text as texts
from portal.blog.models import Article, FormerAddress
from portal.contributions import lifecycle
from portal.contributions.following import follow
from portal.contributions.writing import edit_of, must_write, set_tags, write
from portal.db import db
from portal.media.commands import attach
from portal.members.models import Member

RESERVED = frozenset(("new",))
"""Addresses below /blog/ that are pages of their own."""


def write_article(
    author: Member, *, title: str, source: str, summary: str = "", tags: str = "", tokens: Sequence[str] = (),
    alts: Mapping[str, str] | None = None, submission_key: str = "",
) -> Article:  # fmt: skip
    """Write an article and submit it; raises NotAllowed or screening.Refused."""
    must_write(author)
    article = Article(author=author, submission_key=submission_key or None, path=_free_path(title, None))
    db.session.add(article)
    _fill(article, title, source, summary, tags, tokens, alts)
    lifecycle.submit(article)
    follow(article, author)
    return article


def edit_article(
    article: Article, editor: Member, *, title: str, source: str, summary: str = "", tags: str = "",
    tokens: Sequence[str] = (), alts: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Change an article; a published one whose title changes keeps its old address as a redirect."""
    with edit_of(article, editor) as edit:
        if texts.slugify(title) != texts.slugify(article.title):
            if article.published_at is not None:
                db.session.merge(FormerAddress(address=article.path, article_id=article.id))
            article.path = _free_path(title, article)
        _fill(article, title, source, summary, tags, tokens, alts)
        edit.touched = True
    if editor.id == article.author_id:
        lifecycle.submit(article)


def _fill(
    article: Article, title: str, source: str, summary: str, tags: str, tokens: Sequence[str],
    alts: Mapping[str, str] | None,
) -> None:  # fmt: skip
    write(article, source=source, title=title)
    article.slug = article.path
    article.summary = summary
    if summary:
        article.excerpt = summary
    db.session.flush()
    set_tags(article, tags.split(","))
    attach(article, tokens, alts)


def _free_path(title: str, article: Article | None) -> str:
    """The slug of `title`, with a number behind it if another article has or had it."""
    slug = texts.slugify(texts.clean_line(title))[:70]
    own = article.id if article is not None else None
    for candidate in (slug, *(f"{slug}-{n}" for n in range(2, 1000))):
        taken = db.session.scalar(select(Article.id).where(Article.path == candidate))
        former = db.session.get(FormerAddress, candidate)
        free = candidate not in RESERVED and (taken is None or taken == own)
        if free and (former is None or former.article_id == own):
            return candidate
    raise lifecycle.NotAllowed("There are many articles with this title already. Please give it another one.")
