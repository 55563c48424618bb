"""Stars in place of masked words, in what readers see; the source stays as its author wrote it."""

import re
from collections.abc import Sequence
from html import escape, unescape

from portal import text as texts
from portal.contributions.models import Contribution
from portal.contributions.screening.watching import MASKED_AT_MOST, Readable, Watch, joined
from portal.contributions.screening.wordlist import current

_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|bdo|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u)\b", re.I)
_TELLS = re.compile(r"<(?:a|img)\b", re.I)
_TOLD = re.compile(r"""\b(alt|title)="([^"]*)\"""", re.I)
STAR = "*"


def masked_line(text: str, watches: "Sequence[Watch] | None" = None) -> str:
    """A title or another line of plain text with its masked words starred."""
    places = _places(text, watches)
    return _starred(text, 0, places) if places else text


def masked_html(html: str, watches: "Sequence[Watch] | None" = None) -> str:
    """Sanitised HTML with the masked words starred, of its text and of what links and pictures say when pointed at.

    A word is found across inline tags, so that half of it in bold does not hide it.
    """
    if not html or not _masks(watches):
        return html
    pieces: list[tuple[str, bool, int]] = []
    whole: list[str] = []
    at = last = 0
    for tag in _TAG.finditer(html):
        for piece, is_tag in ((html[last : tag.start()], False), (tag.group(), True)):
            said = "" if is_tag and _INLINE.match(piece) else "\n" if is_tag else unescape(piece)
            pieces.append((piece, is_tag, at))
            whole.append(said)
            at += len(said)
        last = tag.end()
    pieces.append((html[last:], False, at))
    whole.append(unescape(html[last:]))
    places = _places("".join(whole), watches)
    out = []
    # Pieces and places are both in order, so neither is gone through anew for each of the other.
    first = 0
    for (piece, is_tag, start), said in zip(pieces, whole, strict=True):
        end = start + len(said)
        while first < len(places) and places[first][1] <= start:
            first += 1
        behind = first
        while behind < len(places) and places[behind][0] < end:
            behind += 1
        if is_tag:
            out.append(_TOLD.sub(lambda told: _told(told, watches), piece) if _TELLS.match(piece) else piece)
        elif behind == first:
            out.append(piece)
        else:
            out.append(escape(_starred(said, start, places[first:behind]), quote=False))
    return "".join(out)


def _told(told: "re.Match[str]", watches: "Sequence[Watch] | None") -> str:
    words = unescape(told[2])
    masked = masked_line(words, watches)
    return told[0] if masked == words else f'{told[1]}="{escape(masked)}"'


def for_quoting(contribution: Contribution, reader_id: "int | None") -> str:
    """The Markdown of a text for a member who quotes it: with the stars that they see, unless they wrote it."""
    source, html = contribution.source, contribution.html or ""
    if STAR not in html or contribution.author_id == reader_id:
        return source
    try:
        if str(texts.render(source)).count(STAR) == html.count(STAR):
            return source  # these are its author's own
        return texts.html_to_source(html)
    except texts.TextTooLong:
        return texts.plain(html).replace(STAR, "\\" + STAR)


def as_typed(line: str, *places: str, around: str = "{}") -> str:
    """A line that has stars, as its author typed it: as it stands in the first of `places` that has it.

    `around` is a pattern of what stands beside it there. Where it is not found, it stays as it is.
    """
    if STAR not in line:
        return line
    letters = re.escape(line).replace(re.escape(STAR), r"\S")
    pattern = re.compile(around.replace("{}", f"({letters})"), re.M)
    return next((found[1] for place in places if (found := pattern.search(place))), line)


def _masks(watches: "Sequence[Watch] | None") -> list[Watch]:
    return [w for w in (current() if watches is None else watches) if w.act == "mask"]


def _places(text: str, watches: "Sequence[Watch] | None") -> list[tuple[int, int]]:
    masks = _masks(watches)
    if not masks:
        return []
    readable = Readable(text)
    return joined([place for watch in masks for place in watch.places_in(readable, MASKED_AT_MOST)])


def _starred(text: str, start: int, places: list[tuple[int, int]]) -> str:
    signs = list(text)
    for a, b in places:
        for n in range(max(a - start, 0), min(b - start, len(signs))):
            if not signs[n].isspace():
                signs[n] = STAR
    return "".join(signs)
