"""A moderator's decision as it is sent: which reason, which words, and what was on the screen when it was made."""

from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.validators import ValidationError

from portal.forms import Form, LineField, NotTooLong, Said, TextField
from portal.moderation.reasons import OTHER, REMOVE, RETURN, Reason

WORDS_AT_MOST = 600


class DecisionForm(Form):
    """A decision that needs no reason: approve, restore, keep."""

    seen = HiddenField()
    """What `queries.fingerprint` said of the item when the page was made."""


class ReasonForm(DecisionForm):
    """A decision with a reason: one that is kept ready, words of one's own, or both."""

    reasons: dict[str, Reason] = {}

    reason = SelectField("Reason", validate_choice=False)
    words = TextField("In your own words", validators=[NotTooLong(WORDS_AT_MOST)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(key, reason.label) for key, reason in self.reasons.items()]
        self.reason.choices = [("", "Choose a reason"), *labels, (OTHER, "Another reason, below")]

    @property
    def key(self) -> str:
        """The canned reason's key; without one, that there was another."""
        return self.reason.data if self.reason.data in self.reasons else OTHER

    def validate_words(self, field: Any) -> None:
        """Raises ValidationError when there is neither a canned reason nor words."""
        if self.reason.data not in self.reasons and not (field.data or "").strip():
            raise ValidationError("Please choose a reason, or write one: its author will read it.")


class ReturnForm(ReasonForm):
    """Send back with a question."""

    reasons = RETURN


class RemoveForm(ReasonForm):
    """Take away for good."""

    reasons = REMOVE


class HideForm(ReasonForm):
    """Take from view until decided."""

    reasons = REMOVE


class PurgeForm(Form):
    """Why a picture is purged everywhere."""

    why = LineField(
        "Why",
        validators=[Said("why"), NotTooLong(300)],
        description="In a sentence. Whoever sent the picture reads it.",
    )
