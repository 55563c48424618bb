"""Passwords: argon2id hashes, what makes a password too easy, and equal work whether an account exists or not."""

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.config import settings

COMMONEST = 10_000
"""How many of the commonest passwords are refused."""
LONGEST = 1000
"""In characters; longer ones would only keep the processor busy."""

_hasher = PasswordHasher(memory_cost=32 * 1024, time_cost=6)
"""argon2id with half the memory of RFC 9106's second recommendation (64 MiB, 3 passes) and twice its passes, so that as
much is written for a guess: a whole site is to run in 250 MB. OWASP's Password Storage Cheat Sheet asks for 19 MiB and
2 passes at least."""
_at_once = BoundedSemaphore(1)
"""Each hash takes 32 MiB for a tenth of a second, and four threads: a flood of sign-ins must not take the machine's
memory, and two at once are done hardly sooner than one after the other."""


def hash_password(typed: str) -> str:
    """The hash to keep. Takes about a tenth of a second: do it before the database is locked."""
    with _at_once:
        return _hasher.hash(_as_bytes(typed))


def matches(password_hash: str | None, typed: str) -> bool:
    """Whether this is the password. Without a hash it works as long and says no, so that time tells nothing."""
    stored = password_hash or _nobodys_hash()
    with _at_once:
        try:
            return _hasher.verify(stored, _as_bytes(typed)) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than those of today."""
    try:
        return _hasher.check_needs_rehash(password_hash)
    except InvalidHashError:
        return True


def objection(typed: str, own_words: Iterable[str] = ()) -> str:
    """Why this can't be a password, in a sentence; empty when it can. `own_words`: name, address and the like."""
    if len(typed) > LONGEST:
        return f"A password can have {LONGEST:,} characters at most."
    password = unicodedata.normalize("NFKC", typed)
    shortest = settings().password_min_chars
    if len(password) < shortest:
        return f"A password needs {shortest} characters or more. A few words in a row are easy to remember."
    folded = password.casefold()
    if folded in _commonest() or len(set(folded)) < 3:
        return "This is one of the passwords that are guessed first. A few unrelated words in a row are better."
    if folded in {word.casefold() for word in own_words if word}:
        return "This is your own name or address, which others know. A few unrelated words in a row are better."
    return ""


def _as_bytes(typed: str) -> bytes:
    """One form for what keyboards send in several (NIST SP 800-63B, 3.1.1.2), and never more than is reasonable."""
    return unicodedata.normalize("NFKC", typed[:LONGEST]).encode("utf-8", "surrogatepass")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_bytes(16))


@cache
def _commonest() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 0.8 MB that only setting a password needs

    return frozenset(FREQUENCY_LISTS["passwords"][:COMMONEST])
