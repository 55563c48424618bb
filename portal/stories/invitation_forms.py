"""What staff types to invite a member to tell a story."""

from portal.forms import NotTooLong, Said, TextField, WritingForm
from portal.stories.invitations import WORDS_AT_MOST


class InvitationForm(WritingForm):
    """A few words of one's own: a canned invitation is thrown away."""

    words = TextField(
        "Your words",
        validators=[Said("a few words"), NotTooLong(WORDS_AT_MOST)],
        description="What did you like, and who would be glad to read it? This is sent as you write it.",
    )
