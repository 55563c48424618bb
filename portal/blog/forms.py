"""What a member types to write an article."""

from wtforms import MultipleFileField

from portal.contributions.forms import FewTags
from portal.forms import LineField, NotTooLong, Said, TextField, WritingForm


class ArticleForm(WritingForm):
    """An article: title, summary, text, tags, one picture at its head."""

    title = LineField("Title", validators=[Said("a title"), NotTooLong("title_max_chars")])
    summary = LineField(
        "Summary", validators=[NotTooLong(300)], description="One or two sentences that make people want to read on."
    )
    source = TextField("Text", validators=[Said("the article"), NotTooLong("text_max_chars")])
    tags = LineField(
        "Tags", validators=[FewTags(), NotTooLong(300)], description="Up to five words, with commas between them."
    )
    files = MultipleFileField("Picture at the head", description="Shown large above the text and in lists.")
