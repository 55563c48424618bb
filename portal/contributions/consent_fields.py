"""What a form asks about rights: the consents without which nothing is shown, and the wider ones."""

from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, StopValidation

from portal.contributions.consents import ALWAYS_ASKED, PURPOSES, TERMS, WIDER, Choices

AGREE = "We can only show it if you agree."


class RequiredWith:
    """Validator: ticked, if the box it depends on is."""

    def __init__(self, other: str, sentence: str) -> None:
        self.other, self.sentence = other, sentence

    def __call__(self, form: Any, field: Any) -> None:
        """Raises StopValidation with the sentence."""
        if form[self.other].data and not field.data:
            raise StopValidation(self.sentence)


class ConsentFields:
    """Mixed into a form; its template includes `rights/_consents.html`."""

    agrees_site = BooleanField(PURPOSES["site"].wording, validators=[InputRequired(AGREE)])
    agrees_people = BooleanField(PURPOSES["people_shown"].wording, validators=[InputRequired(AGREE)])
    shows_minors = BooleanField("Children or young people under 18 can be recognised.")
    agrees_guardian = BooleanField(
        PURPOSES["guardian"].wording,
        validators=[RequiredWith("shows_minors", "We can only show children if their parents or guardians agree.")],
    )
    may_email = BooleanField(PURPOSES["email"].wording)
    may_advertise = BooleanField(PURPOSES["advertising"].wording)
    may_print = BooleanField(PURPOSES["print"].wording)
    rights_term = SelectField(
        "For how long",
        choices=[
            SelectChoice("", "Until I take it back"),
            *(SelectChoice(str(months), words.capitalize()) for months, words in TERMS.items()),
        ],
        default="", validate_choice=False,
    )  # fmt: skip

    def choices(self) -> Choices:
        """What was agreed to, for `consents.record_choices`. A term there is not counts as the shortest."""
        form: Any = self
        asked = dict(zip(WIDER, (form.may_email, form.may_advertise, form.may_print), strict=True))
        purposes = [*ALWAYS_ASKED, *(key for key, field in asked.items() if field.data)]
        if form.shows_minors.data and form.agrees_guardian.data:
            purposes.append("guardian")
        term = form.rights_term.data or ""
        months = {str(m): m for m in TERMS}.get(term, min(TERMS)) if term else None
        return Choices(purposes, months)

    def without_consents(self) -> None:
        """Leave the questions out, for whoever is not the author: nobody agrees in somebody else's name."""
        form: Any = self
        for name in (n for n in vars(ConsentFields) if n in form._fields):
            del form[name]
