"""What a member types to tell a story, and what every form has that shows pictures."""

from wtforms import BooleanField, MultipleFileField, SelectField
from wtforms.validators import InputRequired, ValidationError

from portal.contributions.forms import FewTags
from portal.forms import LineField, NotTooLong, Said, TextField, WritingForm

SITE_CONSENT = "This may be shown on this site, with my name, until I take it back."
PEOPLE_CONSENT = "Everybody who can be recognised agrees, or nobody can be recognised."
NO_PRODUCT = "Please choose one of the products, or none."
AGREE = "We can only show it if you agree."


class ShownForm(WritingForm):
    """What stories and photo submissions have in common: product, tags, pictures, consent."""

    product = SelectField("Product", coerce=int, default=0, validate_choice=False, invalid_value_message=NO_PRODUCT)  # type: ignore[call-arg]
    tags = LineField(
        "Tags", validators=[FewTags(), NotTooLong(300)], description="Up to five words, with commas between them."
    )
    files = MultipleFileField(
        "Add pictures", description="From your phone or computer; JPEG, PNG, WebP, AVIF, HEIC or GIF, up to 20 MB each."
    )
    agrees_site = BooleanField(SITE_CONSENT, validators=[InputRequired(AGREE)])
    agrees_people = BooleanField(PEOPLE_CONSENT, validators=[InputRequired(AGREE)])

    def validate_product(self, field: SelectField) -> None:
        """Raises ValidationError for a product there is not (any more)."""
        if str(field.data) not in [str(choice.value) for choice in field.iter_choices()]:  # type: ignore[attr-defined]
            raise ValidationError(NO_PRODUCT)


class StoryForm(ShownForm):
    """What came of it, in three parts."""

    title = LineField(
        "Title",
        validators=[Said("a title"), NotTooLong("title_max_chars")],
        description="What changed, in one line: “Two cars became one”.",
    )
    before = TextField(
        "Who you are, and what was hard",
        validators=[Said("who you are and what was hard"), NotTooLong("text_max_chars")],
    )
    change = TextField("What changed", validators=[Said("what changed"), NotTooLong("text_max_chars")])
    result = TextField(
        "What came of it",
        validators=[Said("what came of it"), NotTooLong("text_max_chars")],
        description="A number helps others to compare: hours, euros, kilometres.",
    )
    trade = LineField("Your trade", validators=[NotTooLong(80)], description="Baker, vet, courier, parent of three …")
    goal = LineField("Your goal", validators=[NotTooLong(120)], description="What you wanted: “Deliver before seven”.")
