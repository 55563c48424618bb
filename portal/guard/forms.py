"""What moderators and those concerned send about findings."""

from typing import Any

from flask import request
from wtforms import BooleanField
from wtforms.validators import ValidationError

from portal.forms import Form, NotTooLong, Said, TextField


class ClearForm(Form):
    """Nothing is wrong."""

    note = TextField("A note for other moderators", validators=[Said("why nothing is wrong"), NotTooLong(1000)])


class AsideForm(Form):
    """What is set aside, and why."""

    reason = TextField(
        "Why, for those concerned",
        validators=[Said("why"), NotTooLong(1000)],
        description="Everybody whose thanks or help is set aside reads this. Name nobody.",
    )

    @property
    def chosen(self) -> set[tuple[int, int]]:
        """Who was helped and who helped, of each pair that was ticked."""
        found = set()
        for pair in request.form.getlist("pair")[:5000]:
            one, _, other = pair.partition("-")
            if one.isascii() and other.isascii() and one.isdigit() and other.isdigit() and len(pair) < 24:
                found.add((int(one), int(other)))
        return found

    def validate_reason(self, field: Any) -> None:
        """Raises ValidationError when nothing was chosen."""
        if not self.chosen:
            raise ValidationError("Please choose what is set aside.")


class AgainForm(Form):
    """Why it counts again."""

    reason = TextField("Why it counts again, for those concerned", validators=[Said("why"), NotTooLong(1000)])


class AppealForm(Form):
    """Why somebody else should look."""

    words = TextField("Why another moderator should look", validators=[Said("why"), NotTooLong(2000)])


class AnswerForm(Form):
    """What came of an appeal."""

    words = TextField("What you tell the member", validators=[NotTooLong(800)])
    everything = BooleanField("All that was set aside counts again, not only what concerns this member")
