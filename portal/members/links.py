"""Signed links: each good for one purpose, for one state of an account, and for so many hours."""

import hashlib
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from portal import clock
from portal.config import settings
from portal.members.models import Member
from portal.members.signing import Signer

LONGEST = 1000


class _Signer(Signer):
    def get_timestamp(self) -> int:
        """The house's own time, so that expiry can be tried out."""
        return int(clock.now().timestamp())


def make_token(purpose: str, *facts: Any) -> str:
    """A token that says `facts` (JSON), for `purpose` alone, valid from now for the hours of the setting."""
    return str(_serializer(purpose).dumps(list(facts)))


def read_token(purpose: str, token: str, hours: int = 0) -> list[Any] | None:
    """The facts of a token; None when it is not ours, was changed, is for something else, or is too old.

    It is good for `hours`, or else for as long as links sent by mail are.
    """
    if not 0 < len(token) <= LONGEST or not token.isascii():
        return None
    try:
        facts = _serializer(purpose).loads(token, max_age=(hours or settings().link_hours) * 3600)
    except BadData:
        return None
    return facts if isinstance(facts, list) else None


def fingerprint(member: Member) -> str:
    """Stands for password and address: a token that names it is void once either has changed."""
    return hashlib.sha256(f"{member.password_hash}\0{member.email}".encode()).hexdigest()[:20]


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings().secret_key,
        salt=f"portal.link.{purpose}",
        signer=_Signer,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
