"""What a moderator writes when a proposal is declined, and what a member chooses to be shown."""

from wtforms import BooleanField

from portal.forms import Form, NotTooLong, Said, TextField


class DeclineForm(Form):
    """A reason, for the colleagues."""

    reason = TextField("Why not?", validators=[Said("why not; your colleagues will read it"), NotTooLong(900)])


class ShownForm(Form):
    """What others may read of a recognition, beside that it is there."""

    numbers = BooleanField("How many people you helped")
    answers = BooleanField("Three of your answers that did most")
    about = BooleanField("What you say of yourself: your trade, your place, what you own")
