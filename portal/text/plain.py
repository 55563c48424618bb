"""The plain text behind our own HTML: for snippets, the index, mail, and quoting."""

import re
from html import unescape

BLOCKS = frozenset(
    ["blockquote", "dd", "div", "dl", "dt", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"]
    + ["table", "tbody", "td", "th", "thead", "tr", "ul"]
)
"""The tags of the allow-list that stand on lines of their own."""
_BREAKS = BLOCKS | {"br"}
_TAG = re.compile(r"""</?([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*/?>""")
_ALT = re.compile(r"""\balt="([^"]*)\"""")


def plain(html: str) -> str:
    """The text of our own, sanitised `html`: one line a block, no markup; a picture gives its alternative text."""
    text = unescape(_TAG.sub(_said_by, html))
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _said_by(tag: re.Match[str]) -> str:
    if tag[1] == "img":
        alt = _ALT.search(tag[2])
        return f" {alt[1]} " if alt else " "
    return "\n" if tag[1] in _BREAKS else ""


def excerpt(html: str, length: int = 200) -> str:
    """The first `length` characters of the text of `html`, cut between words, with … if cut."""
    whole = " ".join(plain(html).split())
    if len(whole) <= length:
        return whole
    cut = whole[:length]
    space = cut.rfind(" ", length // 2)
    return (cut[:space] if space > 0 else cut[:-1]).rstrip(" ,;:–-") + "…"


def quote(source: str, author: str) -> str:
    """`source` as a Markdown quotation of the member with the username `author`, ready to be answered.

    What `source` itself quotes is left out: readers have it above already.
    """
    own = [line for line in source.strip().splitlines() if not line.lstrip().startswith(">")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip()
    quoted = "\n".join(f"> {line}".rstrip() for line in body.splitlines()) or ">"
    return f"@{author} wrote:\n\n{quoted}\n\n"
