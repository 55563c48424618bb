"""What staff types to invite a member to tell a story."""

from wtforms.validators import StopValidation

from portal.contributions.incentives import WHAT_AT_MOST
from portal.forms import LineField, NotTooLong, Said, TextField, WritingForm
from portal.stories.invitations import WORDS_AT_MOST, with_promise


class InvitationForm(WritingForm):
    """A few words of one's own: a canned invitation is thrown away."""

    words = TextField(
        "Your words",
        validators=[Said("a few words"), NotTooLong(WORDS_AT_MOST)],
        description="What did you like, and who would be glad to read it? This is sent as you write it.",
    )
    promised = LineField(
        "Do you promise something for it?",
        validators=[NotTooLong(WHAT_AT_MOST)],
        description="As in “a gift card over 20 €”. The invitation says so, and the story carries a mark that "
        "everybody sees. It must not depend on what the story says.",
    )

    def validate_promised(self, field: LineField) -> None:
        """The invitation, with what is promised, fits where it is kept."""
        over = len(with_promise(self.words.data or "", field.data or "")) - WORDS_AT_MOST
        if field.data and over > 0:
            raise StopValidation(f"Together with your words this is {over} characters too long. Please shorten them.")
