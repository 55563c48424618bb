"""Links that stop mail with one click: signed, without an end, for one member and one sort of mail."""

from itsdangerous import BadSignature, URLSafeSerializer

from portal.config import settings
from portal.db import db
from portal.helping import willing
from portal.members.models import Member

SORTS = {
    "news": "what happens in your conversations",
    "digest": "the week here",
    "recognition": "your recognition as an advocate",
    "questions": "questions you could answer",
    "requests": "questions that ask you by name",
    "note": "whom you helped in the week",
}
"""What each sort of mail is about, to complete "no more mail about"."""


def token_for(member: Member, sort: str) -> str:
    """The token of the link in a mail."""
    return _serializer().dumps([member.id, sort])


def read(token: str) -> tuple[Member, str] | None:
    """The member and the sort of mail a token names, or None for a forged one."""
    try:
        number, sort = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    member = db.session.get(Member, number)
    return (member, sort) if member is not None and sort in SORTS else None


def stop(member: Member, sort: str) -> None:
    """Send this member no more mail of this sort."""
    if sort == "digest":
        member.mail_digest = False
    elif sort == "recognition":
        member.mail_recognition = False
    elif sort in ("questions", "requests", "note"):
        willing.stop(member, sort)
    else:
        member.mail_replies = member.mail_thanks = False


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="stop-mail")
