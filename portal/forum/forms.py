"""What members type to start or change a topic."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from portal import text as texts
from portal.contributions.forms import SeenForm
from portal.contributions.writing import TAGS_AT_MOST
from portal.forms import Form, LineField, NotTooLong, Said, TextField, WritingForm

NO_PRODUCT = "Please choose one of the products, or none."


def choices(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """What a select field offers, from values and labels."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def values_of(field: SelectField) -> list[str]:
    """The values it offers."""
    return [str(choice.value) for choice in field.iter_choices()]  # type: ignore[attr-defined]


class TopicFields(Form):
    """What a topic is made of."""

    format = RadioField(
        "What is it?",
        choices=[
            SelectChoice("question", "A question: a reply can solve it"),
            SelectChoice("discussion", "A discussion"),
        ],
        default="question",
        validate_choice=False,
    )
    title = LineField(
        "Title",
        validators=[Said("a title"), NotTooLong("title_max_chars")],
        description="In one sentence, as you would ask a friend who knows.",
    )
    source = TextField("Text", validators=[Said("your text"), NotTooLong("text_max_chars")])
    tags = LineField("Tags", validators=[NotTooLong(300)], description="Up to five words, with commas between them.")
    product = SelectField("Product", coerce=int, default=0, validate_choice=False, invalid_value_message=NO_PRODUCT)  # type: ignore[call-arg]

    def validate_format(self, field: RadioField) -> None:
        """Raises ValidationError with a sentence unless it is a question or a discussion."""
        if field.data not in ("question", "discussion"):
            raise ValidationError("Please choose whether it is a question or a discussion.")

    def validate_tags(self, field: LineField) -> None:
        """Raises ValidationError when there are too many."""
        if len(self.tag_names()) > TAGS_AT_MOST:
            raise ValidationError(f"{TAGS_AT_MOST} tags are possible. Please choose the ones that help to find it.")

    def validate_product(self, field: SelectField) -> None:
        """Raises ValidationError for a product there is not (any more)."""
        if str(field.data) not in values_of(field):
            raise ValidationError(NO_PRODUCT)

    def tag_names(self) -> list[str]:
        """The tags as typed, one by one."""
        return list(dict.fromkeys(n for n in map(texts.clean_line, (self.tags.data or "").split(",")) if n))


class TopicForm(TopicFields, WritingForm):
    """A new topic."""

    board = SelectField("Board", validate_choice=False)

    def validate_board(self, field: SelectField) -> None:
        """Raises ValidationError unless it is one of the boards."""
        if not field.data or field.data not in values_of(field):
            raise ValidationError("Please choose the board where it belongs.")


class EditTopicForm(TopicFields, SeenForm):
    """A topic changed by its author or a moderator."""

    why = LineField("Why", validators=[NotTooLong(200)], description="A word on what you changed, if it helps.")


class MoveForm(Form):
    """Another board for a topic."""

    board = SelectField("Board", validate_choice=False)
