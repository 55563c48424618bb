"""What a member types to submit photos."""

from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from portal.forms import LineField, NotTooLong, Said, TextField
from portal.stories import challenge_queries
from portal.stories.forms import ShownForm
from portal.stories.models import Challenge


class PhotoForm(ShownForm):
    """One to ten pictures with a caption, perhaps as an entry in a challenge."""

    title = LineField("Title", validators=[Said("a title"), NotTooLong("title_max_chars")])
    caption = TextField(
        "Caption", validators=[NotTooLong(5000)], description="What are we looking at? Where were you going?"
    )
    taken_at_place = LineField("Place", validators=[NotTooLong(80)], description="As roughly as you like.")
    challenge = LineField("Challenge", widget=HiddenInput())

    entered: Challenge | None = None
    """The open challenge that this is an entry in."""

    def enter(self) -> str:
        """Find the challenge that the form names; one that takes no entries is forgotten, with a sentence about it."""
        slug, self.entered = (self.challenge.data or "")[:80], None
        if not slug:
            return ""
        challenge = challenge_queries.by_slug(slug)
        if challenge is not None and challenge.is_open:
            self.entered = challenge
            return ""
        self.challenge.data = ""
        over = challenge is not None and challenge.is_over
        which = f"“{challenge.title}” is over" if challenge is not None and over else "There is no such challenge now"
        return f"{which}. You can send your photos all the same: they will stand on the wall."

    def validate_challenge(self, field: LineField) -> None:
        """Raises ValidationError, once, if the challenge takes no entries (any more)."""
        if sentence := self.enter():
            raise ValidationError(sentence)
