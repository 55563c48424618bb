"""What a member types to tell a story."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from portal.forms import LineField, NotTooLong, Said, TextField
from portal.stories.forms import ShownForm
from portal.stories.parts import COMPANY_SIZES, PARTS, occurs


def _part(name: str) -> TextField:
    part = next(p for p in PARTS if p.name == name)
    said = [Said(part.heading[0].lower() + part.heading[1:])] if part.required else []
    return TextField(part.question, validators=[*said, NotTooLong("text_max_chars")], description=part.hint)


class StoryForm(ShownForm):
    """What came of it, in five parts, with a number if there is one, the facts, and a title in the end."""

    who = _part("who")
    hard = _part("hard")
    tried = _part("tried")
    changed = _part("changed")
    advice = _part("advice")
    figure = LineField("The number", validators=[NotTooLong(20)], description="“11”, “1,400 €”, “2 h”")
    figure_says = LineField(
        "What it counts", validators=[NotTooLong(120)], description="“car trips a week we no longer make”"
    )
    goal = LineField("Your goal", validators=[NotTooLong(120)], description="What you wanted: “Deliver before seven”.")
    trade = LineField("Your trade", validators=[NotTooLong(80)], description="Baker, vet, courier, parent of three …")
    company_size = SelectField(
        "How many are you?",
        choices=[SelectChoice("", "Not said"), *(SelectChoice(key, says) for key, says in COMPANY_SIZES.items())],
        validate_choice=False,
        default="",
    )
    title = LineField(
        "Title",
        validators=[Said("a title"), NotTooLong("title_max_chars")],
        description="What changed, in one line: “Two cars became one”. It comes easily once the rest is written.",
    )
    pull_quote = LineField(
        "A sentence to show large",
        validators=[NotTooLong(300)],
        description="Copy one from your story. If you leave this empty, we take the first of your advice.",
    )

    why = LineField(
        "Why you change it", validators=[NotTooLong(200)], description="Shown below the story, with your name."
    )

    def validate_company_size(self, field: SelectField) -> None:
        """Raises ValidationError for a size there is not."""
        if field.data and field.data not in COMPANY_SIZES:
            raise ValidationError("Please choose one of the sizes, or none.")

    def validate_figure(self, field: LineField) -> None:
        """Raises ValidationError if it is not said what the number is."""
        if self.figure_says.data and not field.data:
            raise ValidationError("Please write the number too.")

    def validate_figure_says(self, field: LineField) -> None:
        """Raises ValidationError if it is not said what the number counts."""
        if self.figure.data and not field.data:
            raise ValidationError("Please say what the number counts.")

    def validate_pull_quote(self, field: LineField) -> None:
        """Raises ValidationError for a sentence that is not in the story."""
        if field.data and not occurs(field.data, *(self[part.name].data or "" for part in PARTS)):
            raise ValidationError("This sentence is not in your story. Please copy one from it, word for word.")
