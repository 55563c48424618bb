""""This helped me decide", said by somebody without an account: a number beside a story or photo, nobody's score."""

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.config import settings
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.db import db
from portal.pages.forgetting import note_added
from portal.stories.models import ProspectThanks

KINDS = ("story", "photo")
COOKIE = "portal_decided"
KEPT_DAYS = 365


def new_browser() -> str:
    """A random name for a browser that had none."""
    return secrets.token_urlsafe(16)


def sealed(browser: str) -> str:
    """The name as the cookie holds it, so that nobody can make one up."""
    return _seal().dumps(browser)


def browser_in(cookie: str | None) -> str:
    """The name in a cookie; empty if there is none, or none of ours."""
    if not cookie or len(cookie) > 200:
        return ""
    try:
        found = _seal().loads(cookie)
    except BadSignature:
        return ""
    return found if isinstance(found, str) else ""


def say_decided(contribution: Contribution, browser: str) -> bool:
    """Count that this helped somebody decide; the same browser counts once. Raises NotAllowed."""
    if contribution.kind not in KINDS or not contribution.is_published:
        raise NotAllowed("This is not published, so it can't be thanked.")
    try:
        with db.session.begin_nested():
            db.session.add(ProspectThanks(contribution_id=contribution.id, visitor=_mark(browser)))
    except IntegrityError:
        return False
    _count(contribution, 1)
    return True


def take_back(contribution: Contribution, browser: str) -> bool:
    """Take it back, which is possible at any time; says whether it had been said."""
    mine = (ProspectThanks.contribution_id == contribution.id, ProspectThanks.visitor == _mark(browser))
    if not db.session.execute(delete(ProspectThanks).where(*mine)).rowcount:  # type: ignore[attr-defined]
        return False
    _count(contribution, -1)
    return True


def has_said(contribution: Contribution, browser: str) -> bool:
    """Whether this browser said so."""
    if not browser:
        return False
    mine = (ProspectThanks.contribution_id == contribution.id, ProspectThanks.visitor == _mark(browser))
    return db.session.scalar(select(ProspectThanks.id).where(*mine)) is not None


def _count(contribution: Contribution, step: int) -> None:
    table = Contribution.__table__
    counted = table.c.anonymous_thanks + step
    note_added(contribution.id)
    db.session.execute(update(table).where(table.c.id == contribution.id).values(anonymous_thanks=counted))


def _mark(browser: str) -> str:
    """What is kept of a browser: a keyed hash, from which nobody gets back to its cookie."""
    return hmac.new(settings().secret_key.encode(), b"decided:" + browser.encode(), hashlib.sha256).hexdigest()


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="decided")
