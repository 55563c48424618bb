"""What members may be called: usernames that are safe in an address, display names that deceive nobody."""

import re
import unicodedata

from portal import text as texts
from portal.members.models import USERNAME

RESERVED = frozenset(
    """about abuse account admin administrator advocate all ambassador anonymous api blog ceo company contact customer
    deleted everybody everyone feeds former forum founder help here hostmaster info legal login mail me member
    members mentor mod moderation moderator moderators myself nobody none noreply notifications null official owner
    photos portal postmaster privacy root sales search security service settings signin signout signup site staff
    static stories suggest support sysadmin system team undefined unknown user verified webmaster www you""".split()  # noqa: SIM905 (a list of words is read as one)
)
"""Words that would pass for the company, for a role or for an address of the site; compared by `skeleton`."""

_USERNAME = re.compile(USERNAME)
_FORMER = re.compile(r"former-\d+")
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "-": "", "_": "", " ": "", ".": ""})
BADGES = frozenset("✓✔☑✅🗸★⭐🌟")
"""Signs that stand for "verified" and "advocate" beside names here, and so may not be part of one."""
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing."""
_ALPHABETS = frozenset(("LATIN", "CYRILLIC", "GREEK"))
"""Scripts whose letters look alike: a word in two of them is meant to be mistaken for another."""
_WORDS = re.compile(r"[^\W\d_]+")


def skeleton(name: str) -> str:
    """What a name looks like at a glance: equal for names that are mistaken for each other (`0`/`o`, `rn`/`m`)."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_LOOKALIKES)
    return folded.replace("rn", "m").replace("vv", "w")


_RESERVED_SKELETONS = frozenset(map(skeleton, RESERVED))


def clean_username(typed: str) -> str:
    """A username as typed, in the form it is kept in: lower case, without a leading @."""
    return texts.clean_line(typed).lower().removeprefix("@")


def is_username(name: str) -> bool:
    """Whether this can be somebody's username at all; ask before asking the database."""
    return _USERNAME.fullmatch(name) is not None


def objection_to_username(name: str) -> str:
    """Why a cleaned username can't be had, in a sentence; empty when it can."""
    if not is_username(name):
        return (
            "A username has 2 to 30 characters: the letters a to z, digits, hyphens and underscores, "
            "beginning with a letter or a digit."
        )
    if skeleton(name) in _RESERVED_SKELETONS or _FORMER.fullmatch(name):
        return "This name is kept for the site itself. Please choose another."
    return ""


def objection_to_display_name(name: str) -> str:
    """Why a cleaned display name can't be had, in a sentence; empty when it can."""
    visible = [c for c in name if unicodedata.category(c)[0] in "LNS" and c not in _BLANKS]
    if not visible:
        return "Please write a name that others can see."
    if any(c in BADGES for c in name):
        return "Ticks and stars beside a name mean something here. Please leave them out of yours."
    if re.search(r"://|www\.|@\w", name, re.IGNORECASE):
        return "Please write a name, without addresses or links."
    if skeleton(name) in _RESERVED_SKELETONS:
        return "This name would pass for the company's. Please choose another."
    if any(len(_alphabets(word)) > 1 for word in _WORDS.findall(name)):
        return "One word of this name mixes alphabets whose letters look alike. Please write it in one."
    return ""


def _alphabets(word: str) -> set[str]:
    return {unicodedata.name(c, "").partition(" ")[0] for c in word} & _ALPHABETS
