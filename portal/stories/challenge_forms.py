"""What a moderator types to open a challenge."""

from datetime import date
from typing import Any

from wtforms import DateField, SelectField
from wtforms.validators import StopValidation, ValidationError

from portal import clock
from portal import text as texts
from portal.forms import LineField, NotTooLong, Said, TextField, WritingForm

NO_DATE = "Please give a day, with month and year."


class DayField(DateField):
    """A day, as the browser's own calendar sends it or as somebody types it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError with a sentence."""
        self.raw_data = [texts.clean_line(value)[:20] for value in valuelist]
        self.data = None
        if words := " ".join(self.raw_data).strip():
            try:
                day = date.fromisoformat(words)
            except ValueError:
                raise ValueError(NO_DATE) from None
            if not 2000 <= day.year < 2200:
                raise ValueError("Please choose a day of these years.")
            self.data = day


class DayGiven:
    """Validator: a day was given; says nothing where one was given that can't be read."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Raises StopValidation, with a sentence unless there is one already."""
        if field.data is None:
            raise StopValidation(*(() if field.process_errors else (NO_DATE,)))


class ChallengeForm(WritingForm):
    """A challenge: what to show, and from when to when."""

    title = LineField(
        "Title", validators=[Said("a title"), NotTooLong(140)], description="An invitation: “Show us your first ride”."
    )
    source = TextField(
        "What would you like to see?",
        validators=[NotTooLong(5000)],
        description="Who may take part, what makes a good picture, what becomes of the entries.",
    )
    opens = DayField("First day", validators=[DayGiven()])
    closes = DayField("Last day", validators=[DayGiven()], description="Open until midnight of this day (UTC).")
    product = SelectField("Product", coerce=int, default=0, validate_choice=False)

    is_new = False
    """It is about to be opened: one that is over already would invite nobody."""

    def validate_closes(self, field: DayField) -> None:
        """Raises ValidationError if it would close before it opens, or, a new one, before today."""
        if self.is_new and field.data and field.data < clock.now().date():
            raise ValidationError("This day has passed. Please choose today or a later one.")
        if self.opens.data and field.data and field.data < self.opens.data:
            raise ValidationError("The last day lies before the first.")

    def validate_product(self, field: SelectField) -> None:
        """Raises ValidationError for a product there is not (any more)."""
        if str(field.data) not in [str(choice.value) for choice in field.iter_choices()]:  # type: ignore[attr-defined]
            raise ValidationError("Please choose one of the products, or none.")
