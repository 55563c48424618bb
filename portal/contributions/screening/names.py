"""Names that play somebody else: scripts mixed in a word, or a name that reads like the company's or its people's."""

import re
import unicodedata

from sqlalchemy import or_, select

from portal.contributions.screening.folding import fold
from portal.contributions.screening.submission import Submission
from portal.contributions.screening.verdicts import HOLD, Finding
from portal.db import db
from portal.members.models import Member
from portal.site import the_site

TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "HANGUL"},
    {"LATIN", "HAN", "BOPOMOFO"},
)
"""Scripts that one language writes side by side (Unicode's "highly restrictive" profile)."""
OFFICIAL = re.compile(r"support|official|admin|moderator|helpdesk|customerservice|staff|team")
STAFF_AT_MOST = 500
_TWINS = str.maketrans("0135$@", "oiessa")


def lookalike_name(sub: Submission) -> Finding | None:
    """A display name that is made to be taken for somebody else's."""
    name = sub.author.display_name
    mixed = mixed_words(name)
    if mixed and sub.trust != "trusted":
        return _held(tuple(f"{word}: {' and '.join(sorted(scripts))}" for word, scripts in mixed))
    if sub.trust == "trusted":
        return None
    own = skeleton(name)
    for real in _real_names(sub.author):
        alike = skeleton(real)
        if len(alike) < 3:
            continue
        plain = name.casefold() == real.casefold()
        if own == alike and (sub.trust == "new" or not plain):
            return _held((f"“{name}” reads like “{real}”",))
    company = skeleton(the_site().company or the_site().name)
    if sub.trust == "new" and len(company) >= 4 and company in own and (own == company or OFFICIAL.search(own)):
        return _held((f"“{name}” reads like the company’s own",))
    return None


def mixed_words(name: str) -> list[tuple[str, set[str]]]:
    """Words of a name whose letters come from scripts that no language mixes."""
    from confusable_homoglyphs import categories  # its table is large, and readers never need it

    found = []
    for word in name.split():
        letters = "".join(c for c in word if unicodedata.category(c).startswith("L"))
        scripts = set(categories.unique_aliases(letters)) - {"COMMON", "INHERITED"} if letters else set()
        if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
            found.append((word, scripts))
    return found


def skeleton(name: str) -> str:
    """A name as it looks from afar: without spaces and signs, look-alikes as one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", fold(name).translate(_TWINS)) if c.isalnum())
    return bare.replace("rn", "m").replace("vv", "w").replace("l", "i")


def _real_names(author: Member) -> list[str]:
    staff = db.session.execute(
        select(Member.display_name, Member.username)
        .where(or_(Member.is_employee, Member.is_moderator, Member.is_admin), Member.id != author.id)
        .limit(STAFF_AT_MOST)
    )
    return [name for row in staff for name in row]


def _held(evidence: tuple[str, ...]) -> Finding:
    return Finding(
        HOLD, "look_alike",
        "Your name can be taken for somebody else’s, so a moderator has a look first. You can change it.",
        evidence,
    )  # fmt: skip
