"""What a member says of themselves, wants mailed, and must say to leave."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation, ValidationError

from portal.forms import Form, LineField, NotTooLong, Said, TextField
from portal.media.intake import ACCEPT_ATTRIBUTE
from portal.members.forms import DisplayNameField
from portal.members.names import BADGES


def speaks_for_the_member(form: Form, field: LineField) -> None:
    """Validator: no ticks, stars or dots that would pass for what the site itself says beside a name."""
    if any(sign in BADGES or sign in "·•" for sign in field.data or ""):
        raise ValidationError("Ticks, stars and dots beside a name mean something here. Please leave them out.")


class ProfileForm(Form):
    """What stands beside a member's name and on their page."""

    display_name = DisplayNameField("Your name", [Said("your name"), NotTooLong(60)])
    portrait = FileField("A picture of you", render_kw={"accept": ACCEPT_ATTRIBUTE})
    no_portrait = BooleanField("Take the present picture off")
    about = LineField("A line about you", [NotTooLong(200)])
    owns = LineField(
        "What you own",
        [NotTooLong(120), speaks_for_the_member],
        description="It stands beside your name: “rides a Tern since 2022”.",
    )
    goals = TextField(
        "What you want to achieve", [NotTooLong(1000)], description="Others with the same goal find you by it."
    )
    trade = LineField("Your trade", [NotTooLong(80)])
    place = LineField("Where you are", [NotTooLong(80)], description="A town or a region is enough.")


class MailForm(Form):
    """Which mail a member wants. Mail about the account itself always comes."""

    mail_replies = BooleanField(
        "Somebody replied or mentioned me",
        description="And what you are asked about your photos and stories, and when something you agreed to ends.",
    )
    mail_thanks = BooleanField("Somebody said that I helped")
    mail_recognition = BooleanField(
        "My recognition as an advocate",
        description="Invitations, terms and levels. That it has ended or changed you are told in any case.",
    )
    mail_digest = BooleanField("Once a week, what helped most")


class EraseForm(Form):
    """Leaving for good."""

    contributions = RadioField(
        "What you published",
        choices=[
            SelectChoice("keep", "stays, by “a former member”, so that the answers others got go on helping"),
            SelectChoice("remove", "is removed as well, with its pictures"),
        ],
        default="keep",
    )
    sure = BooleanField("Yes, erase my account. I know that nobody can bring it back.")
    current_password = PasswordField("Password", [Said("your password")])

    def validate_sure(self, field: Any) -> None:
        """The box has to be ticked."""
        if not field.data:
            raise StopValidation("Please tick the box, or leave this page: nothing has changed.")
