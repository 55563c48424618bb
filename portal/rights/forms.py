"""What staff types to ask for wider rights."""

from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.contributions.consents import PURPOSES, TERMS, WIDER
from portal.forms import Form, NotTooLong, Said, TextField

WORDS_MAX_CHARS = 800


class SelectMultipleCheckField(SelectMultipleField):
    """Several of a few, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AskForm(Form):
    """Which rights, for how long, and why."""

    purposes = SelectMultipleCheckField(
        "What would you like to use it for?",
        choices=[SelectChoice(key, PURPOSES[key].wording) for key in WIDER], validate_choice=False,
    )  # fmt: skip
    months = SelectField(
        "For how long",
        choices=[*(SelectChoice(str(m), words.capitalize()) for m, words in TERMS.items()),
                 SelectChoice("", "Until they take it back")],
        default=str(min(TERMS)), validate_choice=False,
    )  # fmt: skip
    words = TextField(
        "Your message",
        validators=[Said("a few words to the member"), NotTooLong(WORDS_MAX_CHARS)],
        description="Where would it be seen, and why this one? The member reads this beside the question.",
    )

    def validate_purposes(self, field: SelectMultipleField) -> None:
        """Raises StopValidation unless something was chosen."""
        field.data = [key for key in WIDER if key in (field.data or ())]
        if not field.data:
            raise StopValidation("Please choose what you would like to use it for.")

    def term(self) -> int | None:
        """The term in months, None without end; one there is not counts as the shortest."""
        chosen = self.months.data or ""
        return {str(m): m for m in TERMS}.get(chosen, min(TERMS)) if chosen else None
