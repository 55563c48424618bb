"""What is offered while somebody types into a search field: titles, products, tags, members; what is public alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import exists, or_, select

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.contributions.rows import public_roots
from portal.db import db
from portal.members import queries as members
from portal.search import SearchUnavailable, the_engine
from portal.search.words import tokens
from portal.text import clean_line

MOST = 8
MOST_OF_A_SORT = 2
"""Products, tags and members each; titles take what is left."""
LONGEST = 100
"""Characters; more is a text that was pasted, and no beginning of anything."""
_WORDS = {"topic": "Topic", "article": "Article", "story": "Story", "photo": "Photo"}


@dataclass(frozen=True)
class Suggestion:
    """A place to go to: what it is called, what it is, where it is."""

    label: str
    what: str
    address: str


def suggest(typed: str) -> list[Suggestion]:
    """At most eight places that begin with what was typed, the likeliest first."""
    text = clean_line(typed)
    words = tokens(text)
    if not words or len(text) > LONGEST or (len(text) < 2 and text.isascii()):
        return []
    beside = [*_products(text), *_tags(text), *_members(text)]
    titles = list(_titles(words, MOST - len(beside)))
    return [*titles, *beside]


def _titles(words: list[str], most: int) -> Iterator[Suggestion]:
    try:
        # Some more than are shown: what is no longer public may still be among them.
        hits = the_engine().titles(words[:-1], words[-1], limit=most + 4)
    except SearchUnavailable:
        return
    found = public_roots([hit.root_id for hit in hits])
    for root in found[:most]:
        yield Suggestion(root.title or root.name, "Solved" if root.is_solved else _WORDS[root.kind], root.address)


def _products(start: str) -> Iterator[Suggestion]:
    fits = or_(members.begins(Product.name, start), members.contains(Product.name, f" {start}"))
    query = select(Product.name, Product.slug).where(fits).order_by(Product.place_in_list, Product.id)
    for name, slug in db.session.execute(query.limit(MOST_OF_A_SORT)):
        yield Suggestion(name, "Product", url_for("search.search", product=slug))


def _tags(start: str) -> Iterator[Suggestion]:
    shown = (
        exists()
        .where(contribution_tag.c.tag_id == Tag.id)
        .where(contribution_tag.c.contribution_id == Contribution.id, Contribution.state == "published")
    )
    query = select(Tag.name).where(members.begins(Tag.name, start), shown).order_by(Tag.name)
    for name in db.session.scalars(query.limit(MOST_OF_A_SORT)):
        yield Suggestion(name, "Tag", url_for("search.search", tag=name))


def _members(start: str) -> Iterator[Suggestion]:
    for member in members.suggest(start, limit=MOST_OF_A_SORT):
        address = url_for("members.show_member", username=member.username)
        yield Suggestion(member.display_name, "Member", address)
