"""What a moderator writes when a proposal is declined."""

from portal.forms import Form, NotTooLong, Said, TextField


class DeclineForm(Form):
    """A reason, for the colleagues."""

    reason = TextField("Why not?", validators=[Said("why not; your colleagues will read it"), NotTooLong(1000)])
