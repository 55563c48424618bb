"""Texts of nothing but marks: shown as they were typed rather than worked on for seconds."""

from time import process_time

import pytest
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from portal.text import allowlist, mentions, plain, render
from portal.text import markdown as own

HOSTILE = [
    "![" * 20_000, "[" * 49_000, "*x* " * 8_000, "*a" * 24_000, "[a](b) " * 7_000, "~~x~~ " * 8_000, "`x` " * 12_000,
]  # fmt: skip


def test_marks_beyond_the_limit_are_not_worked_on(monkeypatch):
    made = []
    begin = StateInline.__init__

    def counted(self, src, *args):
        made.append(sum(src.count(mark) for mark in own.MARKS))
        begin(self, src, *args)

    monkeypatch.setattr(StateInline, "__init__", counted)
    for source in HOSTILE:
        made.clear()
        html = render(source)
        assert sum(made) <= own.MARKS_AT_MOST
        assert plain(html).split() == source.split(), "as it was typed"
        made.clear()
        mentions(source + " @anna")
        assert sum(made) <= own.MARKS_AT_MOST


def test_the_limit_is_one_for_the_whole_text(monkeypatch):
    html = render("*x*\n\n" * 2_000)
    assert html.count("<em>") == own.MARKS_AT_MOST // 2
    assert html.count("<p>") == 2_000


def test_lines_mentions_and_links_stand_in_what_is_shown_as_typed():
    html = render("*x* " * 2_000 + "\n<b>&amp;</b> @anna https://portal.example/", known_members={"anna"})
    assert "<em>" not in html
    assert "<br" in html
    assert "&lt;b&gt;&amp;amp;" in html
    assert 'class="mention"' in html
    assert 'href="https://portal.example/"' in html


def test_code_of_many_marks_leaves_the_text_around_it_as_it_is():
    html = render("**Mind** this:\n\n```\n" + "a[i] *= b[j]\n" * 3_000 + "```\n")
    assert "<strong>Mind</strong>" in html
    assert html.count("a[i]") == 3_000


@pytest.mark.parametrize("sign", ["<", "&", "a>", '"', "< ", "\\<"])
def test_signs_that_are_escaped_are_not_cleaned_one_by_one(monkeypatch, sign):
    given = []
    clean = allowlist._FIRST.clean
    monkeypatch.setattr(allowlist._FIRST, "clean", lambda html: given.append(html) or clean(html))
    source = "Before.\n\n" + sign * (49_000 // len(sign)) + "\n\nBehind, with <b>a tag</b>."
    html = render(source)
    assert max(html.count("&") for html in given) < 100
    assert plain(html).split() == source.replace("\\<", "<").split()
    assert "<b>" not in html


@pytest.mark.parametrize("run", ["<script>alert(1)</script>" * 60, "&lt;b&gt;" * 300, '<a href="x">' * 100 + "@anna"])
def test_what_is_set_aside_reads_as_if_it_had_been_cleaned(monkeypatch, run):
    source = f"Before *it*.\n\n{run}\n\n- {run}"
    short_cut = render(source, known_members={"anna"})
    monkeypatch.setattr(own, "_ENTITIES_AT_MOST", len(source))
    assert short_cut == render(source, known_members={"anna"})
    assert "<script" not in short_cut


PIECES = [
    "> a\n\n", "- a\n", "|a|b|\n", "a\n", "# a\n", "```\na\n```\n", "a\n\n", "> a\r\r", "    a\n\na\n\n", "[a]: b\n",
    ">" * 38 + "a\n\n", "- " * 18 + "a\n\n",
]  # fmt: skip
NO_CODE = ["```a`\n", "```|b\n-|-\n", "```\n```x\n```\n", "- a\n  ```\n"]
"""What looks as if it began code that goes on to the end, and does not."""


@pytest.mark.parametrize("source", [piece * 12_000 for piece in PIECES] + [one + "> a\n\n" * 12_000 for one in NO_CODE])
def test_texts_of_too_many_pieces_are_shown_as_typed(monkeypatch, source):
    monkeypatch.setattr(StateInline, "__init__", None)
    source = source[:49_000]
    html = render(source)
    assert html.startswith("<pre")
    assert plain(html).split() == source.split()
    assert mentions(f"{source}\n\n@anna") == [], "what it names is no link"


def test_no_table_is_filled_up_with_empty_cells_until_the_memory_is_full(monkeypatch):
    made = []
    begin = Token.__init__
    monkeypatch.setattr(Token, "__init__", lambda self, *args, **kw: made.append(1) or begin(self, *args, **kw))
    source = "|a" * 500 + "\n" + "|-" * 500 + "\n" + "a\n" * 1_400
    assert render(source).startswith("<pre")
    assert len(made) < 3 * own.PIECES_AT_MOST


@pytest.mark.parametrize("fence", ["`", "~"])
def test_a_fence_of_thousands_of_signs_is_read_once(fence):
    source = fence * 25_000 + "\n" + ("a" * 90 + "\n") * 260
    began = process_time()
    assert plain(render(source)).split() == ["a" * 90] * 260
    assert process_time() - began < 2, "it was 11 seconds"


def test_a_long_fair_list_and_code_are_no_such_texts():
    assert "<li>" in render("- One thing to do on the bicycle before the winter.\n" * 900)
    assert "<li>" in render("- one\n- two\n\n```\n" + "a | b\n" * 6_000 + "```\n")


def test_so_many_bare_addresses_become_links():
    html = render("http://a.example/ " * 2_500)
    assert html.count("<a ") == own.LINKS_AT_MOST
    assert html.count("http://a.example/") >= 2_500
