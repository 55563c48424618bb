"""Texts of nothing but marks: shown as they were typed rather than worked on for seconds."""

from markdown_it.rules_inline import StateInline

from portal.text import markdown as own
from portal.text import mentions, plain, render

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
    html = render("*x*\n\n" * 4_000)
    assert html.count("<em>") == own.MARKS_AT_MOST // 2
    assert html.count("<p>") == 4_000


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
