"""Signatures with a time that outlive a clock that goes back: what was signed "in the future" is as good as new."""

import time
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


class Signer(TimestampSigner):
    """Says that a signature is too old, never too new: only we can have made it, before the clock was set."""

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """As TimestampSigner; raises BadSignature, and SignatureExpired for what is too old."""
        value, signed_at = _verified(
            tuple(self.secret_keys), self.salt, self.key_derivation, self.digest_method, signed_value
        )
        age = self.get_timestamp() - signed_at.timestamp()
        if max_age is not None and age > max_age:
            raise SignatureExpired(f"Signature age {age} > {max_age} seconds", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


@lru_cache(maxsize=512)
def _verified(
    secret_keys: tuple[bytes, ...], salt: bytes, key_derivation: str, digest_method: Any, signed_value: str | bytes
) -> tuple[bytes, datetime]:
    """What was signed, and when, whatever its age: a browser brings the same cookie with each request. What is not
    ours raises BadSignature, each time anew."""
    signer = TimestampSigner(
        list(secret_keys), salt=salt, key_derivation=key_derivation, digest_method=digest_method
    )
    return signer.unsign(signed_value, return_timestamp=True)


def signed(secret_key: str | bytes, token: str) -> str:
    """A session's token against cross-site request forgery as Flask-WTF signs it for a form. Never the same for longer
    than a second: in packed pages one that stays could be guessed letter by letter (BREACH, CVE-2013-3587)."""
    return _signed_at(secret_key, token, int(time.time()))


@lru_cache(maxsize=256)
def _signed_at(secret_key: str | bytes, token: str, _second: int) -> str:
    return str(URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token").dumps(token))


class SessionCookies(SecureCookieSessionInterface):
    """Flask's session cookies, with such signatures."""

    _made: tuple[Any, URLSafeTimedSerializer] | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask does; of who brings no cookie, there is nothing to find out."""
        if self.get_cookie_name(app) not in request.cookies and app.secret_key:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does; of a session that stays as it is, nothing is to be said but that the answer hangs on it."""
        looked_into = session.accessed
        if session.modified or self.should_set_cookie(app, session) or "Vary" in response.headers:
            super().save_session(app, session, response)
        elif looked_into:
            response.headers.add("Vary", "Cookie")

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """As Flask makes it, once."""
        if self._made is not None and self._made[0] is app.secret_key:
            return self._made[1]
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = Signer
            self._made = app.secret_key, made
        return made
