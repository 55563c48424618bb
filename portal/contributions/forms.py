"""What members type: replies, edits, reports."""

import hashlib
from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation, ValidationError

from portal.contributions.models import Contribution
from portal.contributions.reports import REASONS
from portal.contributions.writing import TAGS_AT_MOST
from portal.forms import Form, LineField, NotTooLong, Said, TextField, WritingForm
from portal.text import clean_line


class FewTags:
    """Validator: at most five tags, with commas between them."""

    def __call__(self, form: Form, field: LineField) -> None:
        """Raises StopValidation with the sentence."""
        if len({clean_line(name) for name in (field.data or "").split(",")} - {""}) > TAGS_AT_MOST:
            raise StopValidation(f"{TAGS_AT_MOST} tags are possible. Please choose the ones that help to find it.")


class ReplyForm(WritingForm):
    """A reply to anything."""

    source = TextField("Your reply", validators=[Said("your reply"), NotTooLong("text_max_chars")])


class SeenForm(Form):
    """A form that changes a text, and knows which version of it was on the screen."""

    seen = HiddenField()

    def begins_with(self, contribution: Contribution) -> None:
        """Note that this version is the one being edited."""
        self.seen.data = version_of(contribution)

    def was_overtaken(self, contribution: Contribution) -> bool:
        """Whether somebody changed the text since the form was opened; said once, then the form goes on from there."""
        now = version_of(contribution)
        overtaken = bool(self.seen.data) and self.seen.data != now
        self.seen.data = now
        return overtaken


class EditForm(SeenForm):
    """Another text for a reply."""

    source = TextField("Text", validators=[Said("something"), NotTooLong("text_max_chars")])
    why = LineField("Why", validators=[NotTooLong(200)], description="A word on what you changed, if it helps.")


class WordForm(Form):
    """Why somebody says thanks."""

    word = LineField("Why did it help?")


class ReportForm(Form):
    """What is wrong with a contribution; with other `reasons`, with something else."""

    reasons: Mapping[str, str] = REASONS
    reason = RadioField("What is wrong?", choices=[], validate_choice=False)
    note = TextField("What should the moderators know?", validators=[NotTooLong(1000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [SelectChoice(key, words) for key, words in self.reasons.items()]

    def validate_reason(self, field: RadioField) -> None:
        """Raises ValidationError with a sentence unless one of the reasons was chosen."""
        if field.data not in self.reasons:
            raise ValidationError("Please choose what is wrong.")


def version_of(contribution: Contribution) -> str:
    """A short name for the text as it is now."""
    return hashlib.sha256(f"{contribution.title}\0{contribution.source}".encode()).hexdigest()[:16]
