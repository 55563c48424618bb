"""Cleaning what people type: invisible and misleading characters out, one normal form, addresses from titles."""

import re
import unicodedata

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
_JOINERS = frozenset("\u200c\u200d")
_MOST_MARKS = 6
"""Accents on one letter: the most real script use (Hebrew with vowels and cantillation, Vietnamese) stays below."""

_LETTERS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "oe",
        "å": "aa",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)


def clean_line(text: str) -> str:
    """`text` as one line for a title or a name: NFC, single spaces, nothing invisible or direction-changing.

    The joiners that emoji families and some scripts need stay where they join something.
    """
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", _without_lone_surrogates(text)))
    kept: list[str] = []
    marks = 0
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        if char in _JOINERS:
            if not _joins(text[at - 1 : at], text[at + 1 : at + 2]):
                continue
        elif category in ("Cc", "Cf", "Cs") or _noncharacter(char):
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return unicodedata.normalize("NFC", re.sub(r" {2,}", " ", "".join(kept)).strip())


def clean_source(text: str) -> str:
    """`text` of several lines: NFC, line feeds only, no NUL, no control characters, no bidi overrides."""
    text = re.sub(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]", "\n", _without_lone_surrogates(text))
    kept = (
        char
        for char in unicodedata.normalize("NFC", text)
        if char in "\n\t"
        or not (
            char in _BIDI_OVERRIDES or char == "\ufeff" or unicodedata.category(char) == "Cc" or _noncharacter(char)
        )
    )
    return unicodedata.normalize("NFC", "".join(kept))


def slugify(title: str) -> str:
    """The part of an address that reads like `title`: lower case, hyphens, at most 80 characters, never empty.

    Latin letters lose their accents (ä becomes ae); other scripts keep their letters.
    """
    text = unicodedata.normalize("NFC", _without_lone_surrogates(title)).lower().translate(_LETTERS)
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", re.sub("['’]", "", text)):
        if unicodedata.category(char).startswith("M"):
            if kept and ord(kept[-1]) >= 0x250:  # part of the letter in most scripts, an accent in Latin
                kept.append(char)
        else:
            kept.append(char if char.isalnum() else " ")
    slug = "-".join(unicodedata.normalize("NFC", "".join(kept)).lower().split())
    if len(slug) > 80:
        cut = slug[:81].rfind("-")
        slug = slug[: cut if cut > 40 else 80].strip("-")
    return slug or "untitled"


def _without_lone_surrogates(text: str) -> str:
    return text.encode("utf-8", "ignore").decode("utf-8")


def _noncharacter(char: str) -> bool:
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def _joins(before: str, after: str) -> bool:
    """Whether a joiner between these two does something a reader sees: in emoji, and from Arabic to Indic scripts."""
    if not before or not after:
        return False
    emoji = unicodedata.category(after) == "So" or after in "♀♂⚕⚖✈❤"
    if emoji and (unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f"):
        return True
    return all(0x600 <= ord(c) <= 0x1CFF and unicodedata.category(c)[0] in "LM" for c in (before, after))
