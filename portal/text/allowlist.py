"""The allow-list: which HTML may stand on a page, applied by bleach and then, over the same list, by nh3."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

import bleach
import nh3
from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from flask import has_app_context
from markupsafe import Markup

from portal.config import settings
from portal.text.addresses import is_inside
from portal.text.plain import plain

OUTSIDE_REL = "nofollow ugc noopener"

_LANGUAGE = re.compile(r"language-[\w+#.-]{1,30}\Z")
_NUMBER = re.compile(r"[0-9]{1,5}\Z")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f]{0,2000}\Z")
_ADDRESS = re.compile(r"[^\x00-\x20\x7f]{1,2000}\Z")
_CELL = {"class": re.compile(r"align-(left|center|right)\Z")}

ALLOWED: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "a": {
        "href": _ADDRESS,
        "title": _ONE_LINE,
        "rel": re.compile(re.escape(OUTSIDE_REL) + r"\Z"),
        "class": re.compile(r"mention\Z"),
    },
    "b": {},
    "blockquote": {},
    "br": {},
    "code": {"class": _LANGUAGE},
    "dd": {},
    "del": {},
    "div": {
        "class": re.compile(r"table-scroll\Z"),
        "tabindex": re.compile(r"0\Z"),
        "role": re.compile(r"group\Z"),
        "aria-label": re.compile(r"Table\Z"),
    },
    "dl": {},
    "dt": {},
    "em": {},
    "h3": {},
    "h4": {},
    "h5": {},
    "h6": {},
    "hr": {},
    "i": {},
    "img": {
        "src": _ADDRESS,
        "alt": _ONE_LINE,
        "title": _ONE_LINE,
        "width": _NUMBER,
        "height": _NUMBER,
        "loading": re.compile(r"lazy\Z"),
    },
    "kbd": {},
    "li": {},
    "ol": {"start": _NUMBER},
    "p": {},
    "pre": {"tabindex": re.compile(r"0\Z")},
    "s": {},
    "strong": {},
    "sub": {},
    "sup": {},
    "table": {},
    "tbody": {},
    "td": _CELL,
    "th": _CELL,
    "thead": {},
    "tr": {},
    "ul": {},
}
"""Tag → attribute → the whole form its value may have. Everything else is dropped."""

SCHEMES = frozenset({"http", "https", "mailto"})
_TAKEN_IN = frozenset(ALLOWED) | {"h1", "h2"}  # these two leave as h3 and below: the page owns them
_LINK_TO_NOWHERE = re.compile(r"<a (?![^>]*\bhref=)")
_MAX_DEPTH = 100
_MAX_TURNS = 4


class TextTooLong(ValueError):
    """A text is longer than the settings allow; the message says how long it may be."""


def longest() -> int:
    """Most characters a source may have: the setting `text_max_chars`."""
    return settings().text_max_chars if has_app_context() else 50_000


def writable(text: str) -> str:
    """`text` with ? for what no encoding can write: halves of characters that broken programs send."""
    return text.encode("utf-8", "replace").decode("utf-8")


def permits(tag: str, attribute: str, value: str) -> bool:
    """Whether `attribute` may stand on `tag` with `value`."""
    form = ALLOWED.get(tag, {}).get(attribute)
    if form is None or not form.match(value):
        return False
    return not (tag == "img" and attribute == "src") or is_inside(value)


def sanitise_html(html: str) -> Markup:
    """Foreign HTML (an import, an old site) with only what the allow-list lets through.

    Headings start at h3, pictures from elsewhere become links to them, scripts and styles go with
    their content. HTML nested deeper than 100 elements, or whose repair would swell it, is
    reduced to its text. Raises TextTooLong above twice the longest source.
    """
    if len(html) > 2 * longest():
        raise TextTooLong(f"This text has {len(html):,} characters of HTML; {2 * longest():,} are possible.")
    known = nh3.clean(
        writable(html).replace("\x00", ""),
        tags=set(_TAKEN_IN),
        attributes={tag: set(names) for tag, names in ALLOWED.items() if names},
        link_rel=None,
        url_schemes=set(SCHEMES),
    )
    if _depth(known) > _MAX_DEPTH or len(known) > 2 * len(html) + 20_000:
        return _text_only(known)
    # Text that two parsers read differently is how scripts slip through; what a further turn through
    # both leaves as it is hides nothing.
    for _ in range(_MAX_TURNS):
        turned = through_both(known)
        if turned == known:
            return turned
        known = turned
    return _text_only(known)


def through_both(html: str) -> Markup:
    """`html` once through bleach and then nh3, twice if nh3 refused an address that bleach had let pass."""
    turned = _last_word(_FIRST.clean(html))
    if _LINK_TO_NOWHERE.search(turned):
        turned = _last_word(_FIRST.clean(turned))
    return Markup(turned)  # noqa: S704 - this is what makes it safe


def _text_only(html: str) -> Markup:
    return through_both("".join(f"<p>{escape(line, quote=False)}</p>" for line in plain(html).split("\n")))


def _last_word(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(ALLOWED),
        attributes={tag: set(names) for tag, names in ALLOWED.items() if names},
        attribute_filter=lambda tag, name, value: value if permits(tag, name, value) else None,
        link_rel=None,
        url_schemes=set(SCHEMES),
    )


def _depth(html: str) -> int:
    depth = deepest = 0
    for close, tag in re.findall(r"<(/?)([a-z0-9]+)", html):
        if tag not in ("br", "hr", "img"):
            depth += -1 if close else 1
            deepest = max(deepest, depth)
    return deepest


class _HouseStyle(Filter):
    """What the page asks of any text: its outline, its links' rel, its wide tables, no foreign pictures."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        outline: list[int] = []
        headings: list[str] = []
        opened: list[str] = []
        for token in super().__iter__():
            kind, name = token["type"], token.get("name", "")
            if kind == "StartTag" and re.fullmatch("h[1-6]", name):
                while outline and outline[-1] >= int(name[1]):
                    outline.pop()
                outline.append(int(name[1]))
                headings.append(f"h{min(6, 2 + len(outline))}")
                token["name"] = headings[-1]
            elif kind == "EndTag" and re.fullmatch("h[1-6]", name):
                token["name"] = headings.pop() if headings else name
            elif kind == "StartTag" and name == "a":
                _mark_link(token["data"])
            elif kind == "StartTag" and name == "pre":
                token["data"] = {(None, "tabindex"): "0"}
            elif kind == "StartTag" and name == "div":
                wrapper = _value(token["data"], "class") == "table-scroll"
                token["data"] = _wrapper() if wrapper else {}
                name = "wrapper" if wrapper else name
            elif kind == "StartTag" and name == "table":
                if not opened or opened[-1] != "wrapper":
                    yield {"type": "StartTag", "name": "div", "namespace": token["namespace"], "data": _wrapper()}
                    name = "wrapped"
            elif name == "img":
                yield from _picture(token, "a" in opened)
                continue
            if kind == "StartTag":
                opened.append(name)
            yield token
            if kind == "EndTag" and opened and opened.pop() == "wrapped":
                yield {"type": "EndTag", "name": "div", "namespace": token["namespace"], "data": {}}


def _wrapper() -> dict[tuple[None, str], str]:
    parts = {"class": "table-scroll", "tabindex": "0", "role": "group", "aria-label": "Table"}
    return {(None, name): value for name, value in parts.items()}


def _value(data: Mapping[Any, str], name: str) -> str:
    return data.get((None, name), "")


def _mark_link(data: dict[Any, str]) -> None:
    data.pop((None, "rel"), None)
    href = _value(data, "href")
    if href and not is_inside(href):
        data[(None, "rel")] = OUTSIDE_REL


def _picture(token: dict[str, Any], in_link: bool) -> Iterable[dict[str, Any]]:
    """An own picture as it is; one from elsewhere as a link to it, so that no third-party host is called."""
    data, space = token["data"], token.get("namespace")
    src = _value(data, "src")
    if src and is_inside(src):
        data.setdefault((None, "alt"), "")
        data[(None, "loading")] = "lazy"
        return [token]
    words = {"type": "Characters", "data": _value(data, "alt").strip() or "picture"}
    if in_link or not src:
        return [words]
    link: dict[Any, str] = {(None, "href"): src}
    _mark_link(link)
    return [
        {"type": "StartTag", "name": "a", "namespace": space, "data": link},
        words,
        {"type": "EndTag", "name": "a", "namespace": space, "data": {}},
    ]


def _first_list(tag: str, attribute: str, value: str) -> bool:
    """As `permits`, but a foreign picture's address passes: `_HouseStyle` makes a link of it."""
    form = ALLOWED.get(tag, {}).get(attribute)
    return form is not None and bool(form.match(value))


_FIRST = bleach.Cleaner(
    tags=_TAKEN_IN,
    attributes=_first_list,
    protocols=SCHEMES,
    strip=True,
    filters=[_HouseStyle],
)
