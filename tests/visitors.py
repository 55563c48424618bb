"""The test client: each of its requests is alone, as in a real server, and it can send forms."""

import secrets
from contextvars import Context
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from portal import clock
from portal.db import db


def read_again() -> None:
    """Let what the test holds be read from the database at its next use.

    Relationships that refuse to be loaded at a touch (`raise_on_sql`) stay as they are.
    """
    for thing in db.session.identity_map.values():
        mapper = inspect(thing).mapper
        keys = {mapper.get_property_by_column(column).key for column in mapper.primary_key}  # these never change
        names = [c.key for c in mapper.column_attrs if c.key not in keys]
        names += [r.key for r in mapper.relationships if not str(r.lazy).startswith(("raise", "noload", "write_only"))]
        db.session.expire(thing, names)


class Visitor(FlaskClient):
    """A browser without a screen. `get()`, `post()` as in Flask; `submit()` posts as the page's form would."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request in a context of its own, so that no session or signed-in member leaks into it.

        What the test changed through `db` is committed first, as another request would have done, and
        what the test reads afterwards comes from the database, not from memory.
        """
        db.session.commit()
        frozen = clock.now() if clock.is_frozen() else None
        kwargs["buffered"] = True
        response: TestResponse = Context().run(self._open, frozen, *args, **kwargs)
        read_again()
        return response

    def _open(self, frozen: Any, *args: Any, **kwargs: Any) -> TestResponse:
        clock.freeze(frozen)
        return super().open(*args, **kwargs)

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post `data` with a valid token against cross-site request forgery; `post()` sends none."""
        return self.post(path, data={"csrf_token": self.csrf_token(), **(data or {})}, **kwargs)

    def csrf_token(self) -> str:
        """A token that belongs to this visitor's session."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        assert self.application.secret_key
        return str(URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw))

    def sign_in(self, member: Any) -> "Visitor":
        """Be `member` from the next request on; `None` signs out. Returns the visitor."""
        db.session.commit()
        with self.session_transaction() as session:
            session.clear()
            if member is not None:
                session["_user_id"] = member.get_id()
                session["_fresh"] = True
        return self
