"""What members can write, and how it reads."""

import pytest

from portal.text import clean_line, clean_source, diff, excerpt, html_to_source, mentions, plain, quote, render, slugify


def test_headings_start_below_the_pages_own_and_skip_no_level() -> None:
    assert "".join(render("## A\n\n#### B\n\n# C").split()) == "<h3>A</h3><h4>B</h4><h3>C</h3>"


def test_github_tables_strikethrough_and_fences() -> None:
    html = render("|a|b|\n|:-|-:|\n|1|~~2~~|\n\n```py\nx\n```")
    assert '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert '<td class="align-right"><s>2</s></td>' in html
    assert '<pre tabindex="0"><code class="language-py">x\n</code></pre>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("see https://a.example/b_c?d=1&e=2.", "https://a.example/b_c?d=1&amp;e=2"),
        ("(www.a.example/x_(y))", "www.a.example/x_(y)"),
        ("https://a.example/ä", "https://a.example/ä"),
    ],
)
def test_bare_addresses_become_outside_links(source: str, linked: str) -> None:
    assert f'rel="nofollow ugc noopener">{linked}</a>' in render(source)


@pytest.mark.parametrize("source", ["README.md", "a@b.example", "`http://a.example`", "nohttp://a.example"])
def test_what_only_resembles_an_address_stays_text(source: str) -> None:
    assert "<a" not in render(source)


def test_only_known_members_outside_code_are_mentioned() -> None:
    html = render("@Anna, @bob and `@anna` \\@anna x@anna.example @anna-", known_members={"anna"})
    assert html.count('<a href="/members/anna" class="mention">') == 2
    assert ">@Anna</a>, @bob" in html
    assert mentions("@Anna `@bob` @carla_b") == ["anna", "carla_b"]


def test_own_pictures_show_and_others_are_links() -> None:
    html = render("![a <b>](picture:T1) ![there](http://x.example/y.png)", picture_url=lambda t: (f"/p/{t}", 3, 4))
    assert '<img src="/p/T1" alt="a &lt;b&gt;" width="3" height="4" loading="lazy">' in html
    assert '<a href="http://x.example/y.png" rel="nofollow ugc noopener">there</a>' in html
    assert render("![gone](picture:T2)") == "<p>gone</p>\n"


def test_html_in_the_source_is_shown_as_text() -> None:
    assert render("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


def test_plain_and_excerpt() -> None:
    html = render('# T\n\na **b** & `c<d`\n\n- x\n- y ![alt "q" > r](picture:T)', picture_url=lambda t: "/p")
    assert plain(html) == 'T\na b & c<d\nx\ny alt "q" > r'
    assert excerpt("<p>" + "word " * 100 + "</p>", 20) == "word word word word…"
    assert excerpt("<p>short</p>") == "short"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Über Grüße – ça va?", "ueber-gruesse-ca-va"),
        ("Anna's E-1042 doesn’t start", "annas-e-1042-doesnt-start"),
        ("Привет, мир", "привет-мир"),
        ("हिन्दी में", "हिन्दी-में"),
        ("!!! 🎉", "untitled"),
        ("\ud800", "untitled"),
        ("x" * 200, "x" * 80),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_lines_lose_what_cannot_be_seen() -> None:
    assert clean_line(" a\u202eb\u200b\u00a0\tc\x00\ufeff\n ") == "ab c"
    assert clean_line("e\u0301") == "é"
    assert clean_line("👨\u200d👩\u200d👧 می\u200cخواهم") == "👨\u200d👩\u200d👧 می\u200cخواهم"
    assert len(clean_line("z" + "\u0335" * 500)) < 10
    assert clean_line("\u200d\u200d\u2066") == ""


def test_sources_keep_their_lines() -> None:
    assert clean_source("a\r\nb\rc\u2028d\x00\x07\te\u202e\ufffe\ud800") == "a\nb\nc\nd\te"


def test_a_difference_reads_by_words() -> None:
    lines = diff("one\ntwo\nthree\nfour\nfive six", "one\ntwo\nthree\nfour\nfive seven\nnew")
    assert [line.op for line in lines] == ["skipped", "same", "same", "changed", "added"]
    assert ("removed", "six") in [part for line in lines for part in line.parts]
    assert diff("a", "a") == []
    old, new = "a b\nc", "a x\nd\ne"
    assert (
        "".join(text for line in diff(old, new) for op, text in line.parts if op != "added").replace("\n", "") == "a bc"
    )


def test_a_difference_of_large_texts_takes_bounded_time() -> None:
    assert diff("a " * 25_000, "b a " * 12_000)
    assert diff("a\n" * 25_000, "b\na\n" * 12_000)


def test_a_quotation_names_its_author_and_leaves_older_quotations_out() -> None:
    assert quote("> old\nfirst\n\nsecond", "anna") == "@anna wrote:\n\n> first\n>\n> second\n\n"


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ("<p>A <em>b</em><strong> c </strong>1*2</p>", "A *b* **c** 1\\*2"),
        ("<p># no heading</p><p>1. no list</p>", "\\# no heading\n\n1\\. no list"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<pre><code>x ``` y\n</code></pre>", "````\nx ``` y\n````"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<a href="http://a/(b)">t</a> x<sup>2</sup>', "[t](<http://a/(b)>) x²"),
        ("<table><tr><th>a|b</th></tr><tr><td>c</td></tr></table>", "| a\\|b |\n| --- |\n| c |"),
        ('<img src="http://x.example/y.png" alt="z">', "[z](http://x.example/y.png)"),
    ],
)
def test_html_becomes_markdown(html: str, source: str) -> None:
    assert html_to_source(html) == source
