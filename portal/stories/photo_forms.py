"""What a member types to submit photos."""

from portal.forms import LineField, NotTooLong, Said, TextField
from portal.stories.forms import ShownForm


class PhotoForm(ShownForm):
    """One to ten pictures with a caption."""

    title = LineField("Title", validators=[Said("a title"), NotTooLong("title_max_chars")])
    caption = TextField(
        "Caption", validators=[NotTooLong(5000)], description="What are we looking at? Where were you going?"
    )
    taken_at_place = LineField("Place", validators=[NotTooLong(80)], description="As roughly as you like.")
