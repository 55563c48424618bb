"""Texts of nothing but marks: shown as they were typed rather than worked on for seconds."""

import pytest
from markdown_it.rules_inline import StateInline

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


@pytest.mark.parametrize("piece", ["> a\n\n", "- a\n", "|a|b|\n", "a\n", "# a\n"])
def test_texts_of_too_many_pieces_are_shown_as_typed(monkeypatch, piece):
    monkeypatch.setattr(own, "_MARKDOWN", None)
    source = piece * 6_000
    html = render(source[:49_000])
    assert html.startswith("<pre")
    assert plain(html).split() == source[:49_000].split()


def test_a_long_fair_list_and_code_are_no_such_texts():
    assert "<li>" in render("- One thing to do on the bicycle before the winter.\n" * 900)
    assert "<li>" in render("- one\n- two\n\n```\n" + "a | b\n" * 6_000 + "```\n")


def test_so_many_bare_addresses_become_links():
    html = render("http://a.example/ " * 2_500)
    assert html.count("<a ") == own.LINKS_AT_MOST
    assert html.count("http://a.example/") >= 2_500
