"""Markdown as members write it: CommonMark and GitHub's tables, strikethrough and autolinks, mentions, pictures."""

import re
from collections.abc import Callable, Collection, Sequence
from html import escape, unescape
from secrets import token_hex
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from portal.text.allowlist import TextTooLong, longest, through_both, writable

PictureAddress = Callable[[str], "str | tuple[str, int, int] | None"]

_MENTION = re.compile(r"(?<![\w@./+-])@([A-Za-z0-9][A-Za-z0-9_-]{1,29})(?![\w@]|\.\w)")
_BARE = re.compile(
    r"(?<![\w@/.-])(?:https?://|www\.)[\w\[-][^\s<>\u200b-\u200f\u202a-\u202e\u2066-\u2069]{0,1999}", re.I
)
_PICTURE = re.compile(r"picture:([A-Za-z0-9_-]{1,80})\Z")
MARKS = "*_~`["
"""What begins or ends emphasis, code, a link or a picture: the parser looks far ahead of each."""
MARKS_AT_MOST = 2000
"""In one text; a fair one of 50,000 characters has a few hundred. The rest of it is shown as it was typed."""
PIECES_AT_MOST = 9_000
"""Tokens of blocks, lines, and places where the parser looks whether a block begins: nine for an item of a list; a fair
text of 50,000 characters has some hundreds, code apart. One of more than this is shown as it was typed."""
LINKS_AT_MOST = 1000
"""Bare addresses in one text that become links; the others are shown."""
_TEXT = re.compile(r"(?<=>)[\t\n -;=?-~]{200,}(?=<)")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot);")
_ENTITIES_AT_MOST = 50
"""In a run of text; bleach takes each by itself, and 49,000 of them take it most of a second."""
_DENSEST = 10
"""Characters of HTML a character of source may become; a table of empty cells can become hundreds."""


def render(
    source: str,
    *,
    known_members: Collection[str] = frozenset(),
    mention_url: Callable[[str], str] | None = None,
    picture_url: PictureAddress | None = None,
) -> Markup:
    """Markdown to sanitised HTML, done once when a text is written.

    `known_members`: the usernames that exist among `mentions(source)`; they alone become links, to
    `mention_url(username)` (default /members/<username>). `picture_url(token)`: the own address (or
    address, width, height) of `![words](picture:token)`, None where there is no such picture. HTML in
    the source is shown as text; pictures from elsewhere become links. Raises TextTooLong.
    """
    if len(source) > longest():
        raise TextTooLong(f"This text has {len(source):,} characters; {longest():,} are possible.")
    context = {
        "known": known_members,
        "mention_url": mention_url or (lambda username: f"/members/{username}"),
        "picture_url": picture_url or (lambda token: None),
    }
    source = writable(source)
    try:
        html = _MARKDOWN.render(source, {"portal": context})
    except (RecursionError, _TooManyPieces):
        html = ""
    if (source.strip() and not html.strip()) or len(html) > _DENSEST * len(source) + 20_000:
        html = f"<pre><code>{escape(source, quote=False)}</code></pre>"  # as typed, rather than nothing
    return _cleaned(html)


def _cleaned(html: str) -> Markup:
    """Through both cleaners, but for runs of text that are full of escaped signs: there is nothing in them to clean."""
    aside: dict[str, str] = {}

    def set_aside(run: re.Match[str]) -> str:
        text = run.group()
        if len(_ENTITY.findall(text)) <= _ENTITIES_AT_MOST:
            return text
        word = token_hex(16)  # nobody can have typed it
        aside[word] = escape(unescape(text), quote=False)  # as the cleaners write it
        return word

    cleaned = str(through_both(_TEXT.sub(set_aside, html)))
    for word, text in aside.items():
        cleaned = cleaned.replace(word, text)
    return Markup(cleaned)  # noqa: S704 - what was set aside has no sign that begins a tag


def mentions(source: str) -> list[str]:
    """The usernames, lower case, each once, that `source` mentions outside code, links and escapes."""
    found: dict[str, None] = {}
    if "@" not in source and "&" not in source:  # which may be one of those that stand for an @
        return []
    try:
        _MARKDOWN.render(source[: longest()], {"portal": {"found": found}})
    except (RecursionError, _TooManyPieces):
        return []  # it is shown as typed, and what it names is no link
    return list(found)


class _TooManyPieces(Exception):
    """A text is of more pieces than are worked on."""


def _count(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Before all other rules, wherever a block may begin. The parser itself counts: whoever guesses from the lines what
    it will take for code is wrong about some, and then thousands of quotations pass for code."""
    _pieces(state.env, 1, state.tokens)
    return False


def _pieces(env: Any, more: int, tokens: Sequence[Token]) -> None:
    context = env.setdefault("portal", {})
    context["pieces"] = context.get("pieces", 0) + more
    if context["pieces"] + len(tokens) > PIECES_AT_MOST:  # a short row of a wide table is many
        raise _TooManyPieces


def _bound(state: StateCore) -> None:
    """Before marks are looked at: what has too many of them, code apart, stays as it was typed."""
    _pieces(state.env, sum(t.content.count("\n") for t in state.tokens if t.type == "inline"), state.tokens)
    room = MARKS_AT_MOST
    for token in state.tokens:
        if token.type == "inline" and (marks := sum(map(token.content.count, MARKS))):
            room -= marks
            if room < 0:
                breaks = ([Token("hardbreak", "br", 0), _text(line)] for line in token.content.split("\n"))
                token.children, token.content = [t for pair in breaks for t in pair][1:], ""


def _finish(state: StateCore) -> None:
    """The last look at the tokens: table alignment, and what stands inside each line of text."""
    context = state.env.get("portal", {})
    for token in state.tokens:
        if token.type in ("th_open", "td_open") and token.attrs.get("style"):
            token.attrs = {"class": "align-" + str(token.attrs["style"]).rpartition(":")[2]}
        elif token.type == "inline" and token.children:
            token.children = _inside(state.md, token.children, context)


def _inside(md: MarkdownIt, children: Sequence[Token], context: dict[str, Any]) -> list[Token]:
    result: list[Token] = []
    depth = 0
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "image":
            result += _picture(md, token, context, in_link=depth > 0)
        elif token.type == "text" and depth == 0:
            result += _links_in(md, token.content, context)
        else:
            result.append(token)
    return result


def _links_in(md: MarkdownIt, text: str, context: dict[str, Any]) -> list[Token]:
    result: list[Token] = []
    done = 0
    for match in _BARE.finditer(text):
        if context.setdefault("links", 0) >= LINKS_AT_MOST:
            break
        address = _without_trailing_punctuation(match.group())
        href = md.normalizeLink(address if "://" in address else "http://" + address)
        if not md.validateLink(href):
            continue
        result += _mentions_in(text[done : match.start()], context) + _link(href, address)
        context["links"] += 1
        done = match.start() + len(address)
    return result + _mentions_in(text[done:], context)


def _mentions_in(text: str, context: dict[str, Any]) -> list[Token]:
    result: list[Token] = []
    done = 0
    for match in _MENTION.finditer(text):
        username = match.group(1).lower()
        if "found" in context:
            context["found"][username] = None
            context["found"][username.rstrip("-_")] = None
        known = context.get("known", ())
        if username not in known:
            username = username.rstrip("-_")  # a hyphen behind a name is more often a dash
        if username in known:
            end = match.start(1) + len(username)
            link = _link(context["mention_url"](username), text[match.start() : end])
            link[0].attrs["class"] = "mention"
            result += [_text(text[done : match.start()]), *link]
            done = end
    return [*result, _text(text[done:])]


def _without_trailing_punctuation(address: str) -> str:
    """As GitHub ends a bare address: before closing punctuation and an unopened parenthesis."""
    while True:
        shorter = address.rstrip("?!.,:;*_~'\"’”»")
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter


def _picture(md: MarkdownIt, token: Token, context: dict[str, Any], in_link: bool) -> list[Token]:
    words = _WORDS.renderInlineAsText(token.children or [], md.options, {})
    src = str(token.attrs.get("src", ""))
    own = _PICTURE.match(src)
    if not own:
        return [_text(words or "picture")] if in_link else _link(src, words or "picture")
    address = context["picture_url"](own.group(1)) if "picture_url" in context else None
    if address is None:
        return [_text(words)]
    src, *size = (address,) if isinstance(address, str) else address
    token.attrs["src"] = src
    if size:
        token.attrs["width"], token.attrs["height"] = size
    return [token]


def _link(href: str, words: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": href}), _text(words), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


_WORDS = RendererHTML()
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 40}).enable(
    ["table", "strikethrough"]
)
_MARKDOWN.block.ruler.before("table", "count", _count, {"alt": ["paragraph", "reference", "blockquote", "list"]})
_MARKDOWN.core.ruler.before("inline", "bound", _bound)
_MARKDOWN.core.ruler.after("inline", "portal", _finish)
