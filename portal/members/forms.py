"""What is typed to join, to sign in and to keep an account; parsed and validated, nothing else."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import StopValidation

from portal.forms import Form, LineField, NotTooLong, Said
from portal.members import names, passwords
from portal.members.addresses import normal_email


class EmailField(StringField):
    """An address, in the form in which it is kept; what could not be read stays as typed."""

    validators = (Said("your e-mail address"),)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse what came in; the sentence of a bad one is shown by validation."""
        self.data = (valuelist[0] if valuelist else "")[:500].strip()

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation with the sentence."""
        try:
            self.data = normal_email(self.data or "")
        except ValueError as error:
            raise StopValidation(str(error)) from None


class UsernameField(StringField):
    """A username that can be had as far as its form goes."""

    validators = (Said("a username"),)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Lower case, cleaned."""
        self.data = names.clean_username(valuelist[0][:200]) if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation with the sentence."""
        if sentence := names.objection_to_username(self.data or ""):
            raise StopValidation(sentence)


class DisplayNameField(LineField):
    """A name that shows something and deceives nobody."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Cleaned, after a cut that no name reaches."""
        super().process_formdata([valuelist[0][:1000]] if valuelist else [])

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation with the sentence."""
        if sentence := names.objection_to_display_name(self.data or ""):
            raise StopValidation(sentence)


class NewPasswordField(PasswordField):
    """A password to be set: long enough, not a common one, not the person's own name."""

    validators = (Said("a password"),)

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation with the sentence."""
        if sentence := passwords.objection(self.data or "", form.own_words()):
            raise StopValidation(sentence)


class SignInForm(Form):
    """Signing in; `next` is where to go then."""

    login = LineField("E-mail address or username", [Said("your e-mail address or username"), NotTooLong(254)])
    password = PasswordField("Password", [Said("your password")])
    remember = BooleanField("Keep me signed in on this device")
    next = HiddenField()


class SignUpForm(Form):
    """Joining."""

    display_name = DisplayNameField(
        "Your name", [Said("your name"), NotTooLong(60)], description="As others will read it beside what you write."
    )
    username = UsernameField("Username", description="For the address of your page, and for others to mention you.")
    email = EmailField("E-mail address", description="Never shown. We send a link to it to see that it is yours.")
    password = NewPasswordField("Password")

    def own_words(self) -> Sequence[str]:
        """What a password must not be."""
        email = self.email.data or ""
        return [self.username.data or "", self.display_name.data or "", email, email.partition("@")[0]]


class TokenForm(Form):
    """A button that carries the token of a link."""

    token = HiddenField()


class ConfirmForm(TokenForm):
    """Proving an address; the password is asked for in any browser but the one that signed up."""

    password = PasswordField("Password", description="The one you chose when you signed up.")


class ConfirmNameForm(ConfirmForm):
    """The same, when the username went to somebody else meanwhile."""

    username = UsernameField("Username", description="Yours was taken in the meantime. Please choose another.")


class ForgottenForm(Form):
    """Asking for a link to set a new password."""

    email = EmailField("E-mail address")


class ResetForm(TokenForm):
    """Setting a password with a link from a mail."""

    new_password = NewPasswordField("New password")
    words: Sequence[str] = ()

    def own_words(self) -> Sequence[str]:
        """What a password must not be; the view says."""
        return self.words


class ChangePasswordForm(Form):
    """A new password, by somebody who knows the present one."""

    current_password = PasswordField("Present password", [Said("your present password")])
    new_password = NewPasswordField("New password")
    words: Sequence[str] = ()

    def own_words(self) -> Sequence[str]:
        """What a password must not be; the view says."""
        return self.words


class ChangeEmailForm(Form):
    """A new address, by somebody who knows the password."""

    email = EmailField("New e-mail address", description="We send a link to it. Until you open that, nothing changes.")
    current_password = PasswordField("Password", [Said("your password")])
