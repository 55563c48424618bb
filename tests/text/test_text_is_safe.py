"""What `render` and `sanitise_html` give can run no script, call no other host, and is bounded in time."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text import TextTooLong, html_to_source, plain, render, sanitise_html
from portal.text.allowlist import ALLOWED, OUTSIDE_REL, permits
from tests.text import hostile


class Inspector(HTMLParser):
    """Fails on any element or attribute that the allow-list does not name, as read by a third parser."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        self.tags.append(tag)
        for name, value in attrs:
            assert permits(tag, name, value or ""), (tag, name, value)
            assert not name.startswith("on")
        if tag == "a":
            self.links.append({name: value or "" for name, value in attrs})

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def inspected(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    for link in inspector.links:
        href = link.get("href", "")
        read = re.sub(r"[\x00-\x20\x7f]", "", href).lower().replace("\\", "/")
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", read)
        assert not scheme or scheme[1] in ("http", "https", "mailto"), href
        outside = bool(scheme) or read.startswith("//")
        assert (link.get("rel") == OUTSIDE_REL) == outside, link
    return inspector


def rendered(source: str) -> str:
    return render(source, known_members={"anna"}, picture_url=lambda token: f"/pictures/{token}")


@pytest.mark.parametrize("source", hostile.MARKDOWN)
def test_hostile_markdown_is_harmless_and_settled(source: str) -> None:
    html = rendered(source)
    inspected(html)
    assert sanitise_html(html) == html


@pytest.mark.parametrize("html", hostile.HTML)
def test_hostile_html_is_harmless_and_settled(html: str) -> None:
    clean = sanitise_html(html)
    inspected(clean)
    assert sanitise_html(clean) == clean
    inspected(rendered(html))
    inspected(rendered(html_to_source(html)))


@pytest.mark.parametrize("name", hostile.HEAVY)
def test_heavy_texts_end_and_do_not_swell(name: str) -> None:
    html = rendered(hostile.HEAVY[name])
    assert len(html) < 1_000_000
    assert html.strip()


def test_a_text_above_the_limit_is_refused() -> None:
    with pytest.raises(TextTooLong, match="50,000"):
        render("a" * 50_001)
    with pytest.raises(TextTooLong):
        sanitise_html("a" * 100_001)


PIECES = st.sampled_from(
    [*hostile.MARKDOWN, *hostile.HTML, "\n", "\n\n", "    ", "> ", "- ", "1. ", "# ", "|a|b|\n|-|-|\n", "```\n", "`"]
    + ["<", ">", '"', "'", "&", "=", "*", "_", "[", "](", ")", "![", "@anna", "http://", "www.", "\\", "~~", "&#"]
)
SOURCES = st.one_of(st.text(max_size=300), st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map("".join))


@settings(deadline=None, max_examples=150)
@given(SOURCES)
def test_whatever_is_rendered_stays_as_it_is_when_sanitised_again(source: str) -> None:
    html = rendered(source)
    inspected(html)
    assert sanitise_html(html) == html


@settings(deadline=None, max_examples=150)
@given(SOURCES)
def test_whatever_html_comes_in_is_settled_and_can_be_edited(html: str) -> None:
    clean = sanitise_html(html)
    inspected(clean)
    assert sanitise_html(clean) == clean
    inspected(rendered(html_to_source(html)))


DUMP = Path(__file__).parents[3] / "shared/data/stackexchange/quantumcomputing/Posts.xml"


@pytest.mark.skipif(not DUMP.exists(), reason="the sample dump is not on this machine")
def test_real_posts_keep_their_words_on_the_way_to_markdown_and_back() -> None:
    posts = [row.get("Body", "") for row in ElementTree.parse(DUMP).getroot()][:400]
    same = 0
    for body in posts:
        before = words(plain(sanitise_html(body)))
        after = words(plain(render(html_to_source(body))))
        same += before == after
        assert len(after) >= 0.95 * len(before)
    assert same >= 0.9 * len(posts)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text)
