"""HTML back to the Markdown that renders to it, so that what an import brought can be edited like anything else."""

import re
from html.parser import HTMLParser
from typing import TypeAlias

from portal.text.allowlist import sanitise_html
from portal.text.plain import BLOCKS

_VOID = frozenset({"br", "hr", "img"})
_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(zip("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ", strict=True))
_SPECIAL = re.compile(r"[\\`*\[\]<~|]|(?<!\w)_|_(?!\w)|&(?=#?\w{1,31};)|!(?=\[)")
_LINE_START = re.compile(r"(?m)^(\s*)([#>+=-]|\d{1,9}(?=[.)](?:\s|$)))")


class _Element:
    """One element of the small tree that is walked."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[_Node] = []

    @property
    def is_block(self) -> bool:
        return self.tag in BLOCKS

    @property
    def text(self) -> str:
        """All text below, `br` as a line feed."""
        return "".join(c if isinstance(c, str) else "\n" if c.tag == "br" else c.text for c in self.children)


_Node: TypeAlias = _Element | str


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.path = [_Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.path[-1].children.append(element)
        if tag not in _VOID:
            self.path.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        for at in range(len(self.path) - 1, 0, -1):
            if self.path[at].tag == tag:
                del self.path[at:]
                return

    def handle_data(self, data: str) -> None:
        self.path[-1].children.append(data)


def html_to_source(html: str) -> str:
    """Markdown that says what `html` says; it goes through the allow-list first. Raises TextTooLong.

    What Markdown has no sign for becomes the nearest thing: keys are code, small raised and lowered
    figures are their Unicode characters.
    """
    tree = _Tree()
    tree.feed(str(sanitise_html(html)))
    tree.close()
    return re.sub(r"\n{3,}", "\n\n", _blocks(tree.path[0].children)).strip()


def _blocks(children: list[_Node]) -> str:
    """Blocks with an empty line between them; loose text among them is a paragraph."""
    blocks: list[str] = []
    loose: list[_Node] = []
    for child in [*children, _Element("p", {})]:
        if isinstance(child, _Element) and child.is_block:
            blocks += [_paragraph(loose), _block(child)]
            loose = []
        else:
            loose.append(child)
    return "\n\n".join(block for block in blocks if block.strip())


def _paragraph(children: list[_Node]) -> str:
    text = re.sub(r" *\n *", "\n", _inline(children)).strip()
    return _LINE_START.sub(lambda m: f"{m[1]}{_escaped_start(m[2])}", re.sub(r"\n+", "\n", text))


def _escaped_start(sign: str) -> str:
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def _block(element: _Element) -> str:
    tag = element.tag
    if tag == "pre":
        return _fence(element)
    if tag == "hr":
        return "---"
    if tag in ("ul", "ol"):
        return _list(element)
    if tag == "table":
        return _table(element)
    if tag == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(element.children).split("\n"))
    if tag in ("h3", "h4", "h5", "h6"):
        return "#" * (int(tag[1]) - 2) + " " + " ".join(_inline(element.children).split())
    if tag == "dt":
        return f"**{_inline(element.children).strip()}**"
    if tag == "p" and not any(isinstance(c, _Element) and c.is_block for c in element.children):
        return _paragraph(element.children)
    return _blocks(element.children)


def _fence(element: _Element) -> str:
    code = element.text.strip("\n")
    inner = next((c for c in element.children if isinstance(c, _Element) and c.tag == "code"), None)
    language = (inner.attributes.get("class", "") if inner else "").removeprefix("language-")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    return f"{fence}{language}\n{code}\n{fence}"


def _list(element: _Element) -> str:
    items = [c for c in element.children if isinstance(c, _Element) and c.tag == "li"]
    number = int(element.attributes.get("start") or 1) if element.tag == "ol" else None
    tight = not any(isinstance(c, _Element) and c.tag in ("p", "pre", "blockquote") for i in items for c in i.children)
    lines: list[str] = []
    for at, item in enumerate(items):
        marker = "- " if number is None else f"{number + at}. "
        body = _blocks(item.children)
        if tight:
            body = re.sub(r"\n{2,}", "\n", body)
        lines.append(marker + body.replace("\n", "\n" + " " * len(marker)))
    return ("\n" if tight else "\n\n").join(re.sub(r"(?m)[ ]+$", "", line) for line in lines)


def _table(element: _Element) -> str:
    rows = [
        [_cell(c) for c in row.children if isinstance(c, _Element) and c.tag in ("td", "th")] for row in _rows(element)
    ]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _rows(element: _Element) -> list[_Element]:
    found: list[_Element] = []
    for child in element.children:
        if isinstance(child, _Element):
            found += [child] if child.tag == "tr" else _rows(child) if child.tag != "table" else []
    return found


def _cell(element: _Element) -> str:
    return " ".join(_inline(element.children).split())


def _inline(children: list[_Node]) -> str:
    return "".join(_span(child) for child in children)


def _span(node: _Node) -> str:
    if isinstance(node, str):
        return _escaped(re.sub(r"[ \t\r\n]+", " ", node))
    tag = node.tag
    if tag == "br":
        return "\n"
    if tag == "img":
        return f"![{_escaped(node.attributes.get('alt', ''))}]({_target(node.attributes.get('src', ''))})"
    if tag in ("code", "kbd"):
        return _code(node.text)
    if tag in ("sup", "sub"):
        return _small(node, _RAISED if tag == "sup" else _LOWERED)
    inner = _inline(node.children)
    if tag in ("em", "i"):
        return _marked(inner, "*")
    if tag in ("strong", "b"):
        return _marked(inner, "**")
    if tag in ("s", "del"):
        return _marked(inner, "~~")
    if tag == "a" and node.attributes.get("href") and node.attributes.get("class") != "mention":
        return _link(node, inner)
    return inner if not node.is_block else f" {inner} "


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda sign: "\\" + sign.group(), text)


def _link(node: _Element, inner: str) -> str:
    href, title = node.attributes["href"], node.attributes.get("title", "")
    if node.text == href and re.match(r"https?://[^\s<>]+\Z", href):
        return f"<{href}>"
    named = ' "' + title.replace("\\", "\\\\").replace('"', '\\"') + '"' if title else ""
    return f"[{' '.join(inner.split()) or href}]({_target(href)}{named})"


def _target(address: str) -> str:
    address = address.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C").replace(" ", "%20")
    return f"<{address}>" if re.search(r"[()]", address) else address


def _code(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    if not text.strip():
        return ""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _small(node: _Element, signs: dict[str, str]) -> str:
    text = node.text.strip()
    if text and all(char in signs for char in text):
        return "".join(signs[char] for char in text)
    inner = _inline(node.children)
    if len(text) > 20 or not text:  # a whole footnote set small
        return inner
    return f"{'^' if signs is _RAISED else chr(92) + '_'}({inner})"


def _marked(inner: str, sign: str) -> str:
    words = inner.strip()
    if not words:
        return inner
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    return f"{before}{sign}{words}{sign}{after}"
