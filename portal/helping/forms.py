"""What members say of their willingness, and what staff writes when somebody is thanked."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from portal.forms import Form, LineField, NotTooLong, Said, WritingForm
from portal.helping.thank_yous import BECAUSE_AT_MOST, HOW, WHAT_AT_MOST
from portal.helping.willing import MOST_A_WEEK


class Between:
    """Validator: a whole number between two others."""

    field_flags = {"required": True}

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: Any, field: Any) -> None:
        """Raises StopValidation with the sentence."""
        if field.data is None or not self.least <= field.data <= self.most:
            field.errors[:] = []
            raise StopValidation(f"Please choose a whole number between {self.least} and {self.most}.")


class WillingnessForm(Form):
    """How much a member likes to do."""

    questions_a_week = IntegerField(
        "Open questions a week",
        [Between(0, MOST_A_WEEK)],
        description="Questions that nobody has answered yet, like those you solved before. 0: none.",
    )
    welcomes = BooleanField("Bring me newcomers’ first questions, so that somebody says hello")
    takes_requests = BooleanField("Others may ask me by name")
    weekly_note = BooleanField("Write to me once a week whom I helped, when there is something to say")


class AddForm(WritingForm):
    """Somebody of staff thinks of somebody to thank."""

    username = LineField("Username", [Said("a username"), NotTooLong(30)])
    because = LineField("What for?", [Said("what for; your colleagues will read it"), NotTooLong(BECAUSE_AT_MOST)])


class DoneForm(Form):
    """It is done: how, with what, and whether it was promised for something they wrote."""

    how = SelectField("How?", choices=[SelectChoice(key, words[0].upper() + words[1:]) for key, words in HOW.items()])
    what = LineField(
        "With what?",
        [NotTooLong(WHAT_AT_MOST)],
        description="As in “a gift card over 20 €”. A note or a call needs none.",
    )
    promised_for = SelectField(
        "Was it promised for something they wrote or showed?",
        coerce=int,
        description="Then that carries a mark from now on, which everybody sees.",
    )

    def validate_what(self, field: LineField) -> None:
        """A present is of something, and so is a promise."""
        if not field.data and (self.how.data == "present" or self.promised_for.data):
            raise StopValidation("Please write what it is: readers see it where it was promised for a text.")


class PromiseForm(WritingForm):
    """What was promised for a contribution."""

    what = LineField(
        "What was promised?",
        [Said("what was promised"), NotTooLong(WHAT_AT_MOST)],
        description="In words that complete “Receives … from the company”: “a gift card over 20 €”.",
    )


class MistakeForm(Form):
    """Why a mark should not be there."""

    why = LineField("Why was this a mistake?", [Said("why; it is kept"), NotTooLong(WHAT_AT_MOST)])
