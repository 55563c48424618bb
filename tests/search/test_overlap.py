"""On real questions both engines answer alike: a part of the dump beside the project, where it is there."""

from html import unescape
from itertools import islice
from random import Random
from re import sub
from xml.etree.ElementTree import iterparse  # the project's own copy

import pytest

from portal.search.engine import Document
from portal.search.query_language import parse
from portal.search.whoosh_engine import WhooshEngine
from portal.search.words import STOP_WORDS, tokens
from tests.bench.search_sites import DUMP
from tests.search.documents import document, reply

POSTS, ASKED, AT, ALIKE = 300, 25, 10, 8


def posts() -> list[Document]:
    """The first questions of the dump and the answers among them."""
    found: list[Document] = []
    roots: set[int] = set()
    for _event, row in islice(iterparse(DUMP / "Posts.xml"), POSTS):
        number, text = int(row.get("Id", 0)), unescape(sub(r"<[^>]+>", " ", row.get("Body", "")))
        if row.get("PostTypeId") == "1":
            roots.add(number)
            found.append(document(number, title=row.get("Title", ""), text=text))
        elif (root := int(row.get("ParentId", 0))) in roots:
            found.append(reply(number, root, text))
    return found


@pytest.mark.skipif(not (DUMP / "Posts.xml").exists(), reason="the dump is not there")
def test_both_engines_find_the_same_on_a_real_site(built, engine_name, tmp_path) -> None:
    if engine_name == "whoosh":
        pytest.skip("it is compared with itself")
    docs, dice = posts(), Random(5)
    one, other = built(*docs), WhooshEngine(tmp_path / "whoosh")
    other.rebuild(lambda change: change.put(docs), lambda change: None)
    titles = dice.sample([document.title for document in docs if document.is_root], ASKED)
    short = []
    for title in titles:
        telling = [word for word in tokens(title) if word not in STOP_WORDS]
        typed = " ".join(dice.sample(telling, min(2, len(telling))))
        for asked in (title, typed):
            mine, others = ([hit.root_id for hit in e.search(parse(asked), limit=AT).hits] for e in (one, other))
            short += [asked] if len(set(mine) & set(others)) < min(ALIKE, len(others)) else []
            assert len(mine) == len(others), asked
        alike = [{hit.root_id for hit in e.similar(title, limit=AT)} for e in (one, other)]
        short += [f"like {title}"] if len(alike[0] & alike[1]) < min(ALIKE, len(alike[1])) else []
    assert not short
