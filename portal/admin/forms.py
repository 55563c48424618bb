"""What an admin types: the site's identity, boards, products, reasons, customer lists."""

import re
from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from portal.forms import Form, LineField, NotTooLong, Said, TextField
from portal.members.addresses import normal_email

HUES = (
    "Rose", "Crimson", "Red", "Vermilion", "Orange", "Amber", "Ochre", "Olive", "Lime", "Leaf", "Green", "Emerald",
    "Jade", "Teal", "Turquoise", "Cyan", "Sky", "Azure", "Blue", "Indigo", "Violet", "Purple", "Magenta", "Pink",
)  # fmt: skip
"""Names of the hues 0, 15, 30 … 345 degrees."""
STEP = 15


class SiteForm(Form):
    """How the site calls itself and what colour it has."""

    name = LineField("Name of the site", [Said("a name"), NotTooLong(60)])
    tagline = LineField("What it is, in a line", [Said("what it is"), NotTooLong(160)])
    company = LineField("Name of the company", [NotTooLong(80)])
    welcome = TextField(
        "Welcome on the front page",
        [NotTooLong(2000)],
        description="For somebody who does not know you yet. Markdown works.",
    )
    contact = LineField(
        "How to reach you",
        [NotTooLong(200)],
        description="An e-mail address or a link. It stands where somebody needs help.",
    )
    accent_hue = RadioField(
        "Your colour", choices=[SelectChoice(str(n * STEP), name) for n, name in enumerate(HUES)], validate_choice=False
    )

    def validate_contact(self, field: Any) -> None:
        """An address or a link, if anything."""
        if not field.data or re.fullmatch(r"https?://\S+", field.data):
            return
        try:
            field.data = normal_email(field.data)
        except ValueError:
            raise StopValidation("Please write an e-mail address, or a link that begins with https://.") from None

    def validate_accent_hue(self, field: Any) -> None:
        """A whole number of degrees."""
        if not re.fullmatch(r"\d{1,3}", field.data or "") or int(field.data) > 359:
            raise StopValidation("Please choose one of the colours.")


class BoardForm(Form):
    """A board of the forum."""

    name = LineField("Name", [Said("a name"), NotTooLong(60)])
    description = LineField("What belongs here", [NotTooLong(300)])


class ProductForm(Form):
    """Something the company sells."""

    name = LineField("Name", [Said("a name"), NotTooLong(80)])
    description = LineField("What it is", [NotTooLong(300)])


class ReasonForm(Form):
    """Why a member is suspended."""

    why = LineField("Reason", [Said("a reason"), NotTooLong(500)], description="The member reads it.")


class VerifyForm(Form):
    """How a purchase was confirmed."""

    how = LineField(
        "How the purchase was confirmed",
        [Said("how the purchase was confirmed"), NotTooLong(200)],
        description="It stands on the member’s page: “by the invoice of March 2026”.",
    )


class CustomersForm(Form):
    """A customer list, pasted or as a file."""

    lines = TextField(
        "Paste lines here",
        description="One customer a line: e-mail address, and after a comma the organisation if you like.",
    )
    file = FileField("or choose a file", description="CSV, up to 5 MB. A first line with headings is passed over.")
