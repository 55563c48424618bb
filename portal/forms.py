"""What the forms of all rooms share: cleaning what was typed, keys against sending twice, errors in sentences."""

import secrets
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from portal import text as texts
from portal.config import settings


class Form(FlaskForm):
    """A form with its CSRF token; its errors stand beside the fields, and what was typed stays."""


class WritingForm(Form):
    """A form that makes something: sent twice, it makes one."""

    submission_key = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def key(self) -> str:
        """The key, cut to what the database holds."""
        return "".join(c for c in self.submission_key.data or "" if c.isascii() and (c.isalnum() or c in "-_"))[:64]


class LineField(StringField):
    """One line of text, cleaned of control, zero-width and direction-override characters."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what came in."""
        self.data = texts.clean_line(valuelist[0]) if valuelist else ""


class TextField(TextAreaField):
    """A longer text, in one form of Unicode and with plain line ends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what came in."""
        self.data = texts.clean_source(valuelist[0]) if valuelist else ""


class Said:
    """Validator: something visible was typed. `what` completes "Please write …"."""

    field_flags = {"required": True}

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, form: Any, field: Any) -> None:
        """Raises StopValidation with the sentence."""
        if not texts.clean_line(str(field.data or "")):
            raise StopValidation(f"Please write {self.what}.")


class NotTooLong:
    """Validator: at most so many characters (a number, or the name of a setting)."""

    def __init__(self, limit: int | str) -> None:
        self.limit = limit

    def __call__(self, form: Any, field: Any) -> None:
        """Raises StopValidation with how much there is and how much there may be."""
        limit = self.limit if isinstance(self.limit, int) else getattr(settings(), self.limit)
        length = len(field.data or "")
        if length > limit:
            raise StopValidation(f"This has {length:,} characters; {limit:,} are possible. Please shorten it.")
