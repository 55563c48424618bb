"""What every form has that shows pictures: product, tags, the pictures, consents."""

from wtforms import MultipleFileField, SelectField
from wtforms.validators import ValidationError

from portal.contributions.consent_fields import ConsentFields
from portal.contributions.forms import FewTags
from portal.forms import LineField, NotTooLong, WritingForm

NO_PRODUCT = "Please choose one of the products, or none."


class ShownForm(ConsentFields, WritingForm):
    """What stories and photo submissions have in common: product, tags, pictures, consent."""

    product = SelectField("Product", coerce=int, default=0, validate_choice=False, invalid_value_message=NO_PRODUCT)  # type: ignore[call-arg]
    tags = LineField(
        "Tags", validators=[FewTags(), NotTooLong(300)], description="Up to five words, with commas between them."
    )
    files = MultipleFileField(
        "Add pictures", description="From your phone or computer; JPEG, PNG, WebP, AVIF, HEIC or GIF, up to 20 MB each."
    )

    def validate_product(self, field: SelectField) -> None:
        """Raises ValidationError for a product there is not (any more)."""
        if str(field.data) not in [str(choice.value) for choice in field.iter_choices()]:  # type: ignore[attr-defined]
            raise ValidationError(NO_PRODUCT)
