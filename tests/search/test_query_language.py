"""What people type into the search field, and what is understood."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.passages import passage
from portal.search.query_language import MOST_PHRASES, MOST_WORDS, Query, parse
from portal.search.words import fold, tokens


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("Bremse QUIETSCHT", Query(words=("bremse", "quietscht"))),
        ("how do I change the chain", Query(words=("change", "chain"))),
        ("who is the", Query(words=("who", "is", "the"))),
        ('"chain slips" often', Query(words=("often",), phrases=(("chain", "slips"),))),
        ('„chain slips“', Query(phrases=(("chain", "slips"),))),
        ('"unbalanced quote', Query(phrases=(("unbalanced", "quote"),))),
        ("E-1042", Query(phrases=(("e", "1042"),))),
        ("FD7 don't", Query(words=("fd7", "dont"))),
        ("brake -winter -\"old bike\"", Query(words=("brake",), without=(("winter",), ("old", "bike")))),
        ("author:@Anna_B brake", Query(words=("brake",), authors=("anna_b",))),
        ("board:repairs kind:questions", Query(board="repairs", kind="topic")),
        ('tag:"Disc Brakes" product:FD7', Query(tags=("disc-brakes",), products=("fd7",))),
        ("solved:yes", Query(solved=True)),
        ("solved:no x", Query(solved=False, words=("x",))),
        ("after:2025 before:2026-02-03",
         Query(after=datetime(2025, 1, 1, tzinfo=UTC), before=datetime(2026, 2, 3, tzinfo=UTC))),
        ("before:2026-02-31", Query(phrases=(("before", "2026", "02", "31"),))),
        ("kind:nonsense", Query(phrases=(("kind", "nonsense"),))),
        ("kind: story", Query(words=("kind", "story"))),
        ("title:x [a TO b] wor* w?rd~2 /re.*/ ^3 AND",
         Query(words=("b", "wor", "re", "3"), phrases=(("title", "x"), ("w", "rd", "2")))),
        ("* ??? - -- \"\" :", Query()),
        ("日本 Grüße", Query(words=("grusse",), phrases=(("日", "本"),))),
    ],
)  # fmt: skip
def test_what_is_understood(typed: str, query: Query) -> None:
    assert parse(typed) == query


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=3000))
def test_any_text_is_a_bounded_query(typed: str) -> None:
    query = parse(typed)
    assert len(query.words) <= MOST_WORDS
    assert len(query.phrases) <= MOST_PHRASES
    assert all(len(phrase) <= MOST_WORDS for phrase in (*query.phrases, *query.without))


def test_words_are_folded() -> None:
    assert tokens("Ça l’École's E-1042_b naïve ŁÓDŹ don’t") == [
        "ca", "l", "ecoles", "e", "1042", "b", "naive", "łodz", "dont",
    ]  # fmt: skip
    assert len(fold("x" * 1000)) == 64


def test_a_passage_marks_words_and_is_safe() -> None:
    text = "first " * 80 + '<b>Chains</b> & "slip" often ' + "last " * 80
    html = passage(text, {"chain", "slip"}, lambda w: w.rstrip("s"))
    assert "&lt;b&gt;<mark>Chains</mark>&lt;/b&gt; &amp; &#34;<mark>slip</mark>&#34;" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html) < 400


def test_a_passage_without_words_is_the_beginning() -> None:
    assert passage("a <b>", set(), str) == "a &lt;b&gt;"
    assert passage("", {"x"}, str) == ""
    assert passage("x" * 1000, {"y"}, str).endswith(" …")
