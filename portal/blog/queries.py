"""Finding articles."""

from typing import Any

from sqlalchemy import Select, select

from portal.blog.models import Article, FormerAddress
from portal.contributions.models import Contribution
from portal.contributions.queries import find, published
from portal.db import db
from portal.media.queries import with_pictures


def articles(tag: str = "") -> Select[Contribution]:
    """Published articles, newest first, with the picture at their head."""
    query = published("article").options(with_pictures())
    query = query.order_by(Contribution.published_at.desc(), Contribution.id.desc())
    return query.where(Contribution.tags.any(name=tag)) if tag else query


def find_article(address: str, reader: Any) -> Article | None:
    """The article at this address, if the reader may see it; raises Gone."""
    number = db.session.scalar(select(Article.id).where(Article.path == address))
    found = find(number, reader, with_pictures()) if number is not None else None
    return found if isinstance(found, Article) else None


def moved_to(address: str, reader: Any) -> Article | None:
    """The article that had this address before."""
    former = db.session.get(FormerAddress, address)
    found = find(former.article_id, reader) if former is not None else None
    return found if isinstance(found, Article) else None
