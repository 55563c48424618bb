"""A moderator's decision as it is sent: which reason, which words, and what was on the screen when it was made."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from portal.forms import Form, LineField, NotTooLong, Said, TextField
from portal.moderation.conduct import MEASURES
from portal.moderation.reasons import OTHER, REMOVE, RETURN, Reason

WORDS_AT_MOST = 600
TERMS = [
    ("1", "a day"), ("3", "three days"), ("7", "a week"), ("14", "two weeks"), ("30", "a month"),
    ("90", "three months"), ("365", "a year"), ("0", "until a moderator ends it"),
]  # fmt: skip


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


class ChangesForm(DecisionForm):
    """Words as a moderator would publish them."""

    title = LineField("Title", validators=[NotTooLong("title_max_chars")])
    source = TextField("Text", validators=[Said("the text"), NotTooLong("text_max_chars")])


class SortForm(Form):
    """Which board a topic belongs to, and its tags."""

    board = SelectField("Board", validate_choice=False)
    tags = LineField("Tags", validators=[NotTooLong(210)], description="With commas between them, five at most.")

    def offer(self, boards: Sequence[Any]) -> None:
        """Let the board be one of these."""
        self.board.choices = [(str(b.id), b.name) for b in boards]


class AppealForm(Form):
    """Why a decision should be looked at by somebody else."""

    words = TextField("Why another moderator should look", validators=[Said("why"), NotTooLong(2000)])


class AnswerForm(DecisionForm):
    """What came of an appeal."""

    words = TextField("What you tell the member", validators=[NotTooLong(800)])


class MeasureForm(Form):
    """What is done about a member, for how long and why."""

    measure = RadioField("What to do", choices=[SelectChoice(*pair) for pair in MEASURES.items()], default="warn")
    days = SelectField("For how long", choices=[SelectChoice(*pair) for pair in TERMS], default="7")
    why = LineField("Reason", validators=[Said("a reason"), NotTooLong(500)], description="The member reads it.")

    def validate_days(self, field: Any) -> None:
        """Only a suspension goes on until somebody ends it."""
        if field.data == "0" and self.measure.data == "silence":
            raise ValidationError("Silence has a term: please choose how long.")


class PurgeForm(Form):
    """Why a picture is purged everywhere."""

    why = LineField(
        "Why",
        validators=[Said("why"), NotTooLong(300)],
        description="In a sentence. Whoever sent the picture reads it.",
    )
