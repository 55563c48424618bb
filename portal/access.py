"""Who may call a view: each view carries exactly one of these rules, and a test fails on one without."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


def _rule(name: str, allowed: Callable[[], bool]) -> Callable[[View], View]:
    def declare(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if not allowed():
                if current_user.is_authenticated:
                    abort(403)
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            return view(*args, **kwargs)

        checked.access = name  # type: ignore[attr-defined]
        return cast(View, checked)

    return declare


def _signed_in() -> bool:
    return bool(current_user.is_authenticated)


public = _rule("public", lambda: True)
member_only = _rule("member", _signed_in)
moderator_only = _rule("moderator", lambda: _signed_in() and current_user.moderates)
queue_only = _rule("moderator", lambda: _signed_in() and (current_user.moderates or current_user.looks_after_boards))
"""Moderators, and whoever looks after a board; the view asks what of the queue is theirs."""
staff_only = _rule("staff", lambda: _signed_in() and current_user.is_staff and not current_user.suspended)
"""Employees, moderators and admins: whoever speaks or decides for the company."""
admin_only = _rule("admin", lambda: _signed_in() and current_user.is_admin and not current_user.suspended)


def rule_of(view: Callable[..., Any]) -> str | None:
    """The name of the rule a view carries (`public`, `member`, `moderator`, `staff`, `admin`), or None."""
    return getattr(view, "access", None)
