"""What moderators type about rules: a watched word, and thresholds to try."""

from dataclasses import replace
from typing import Any

from flask import request
from wtforms import BooleanField, DecimalField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange

from portal.config import Settings, settings
from portal.contributions.screening.watching import Watch
from portal.contributions.screening.wordlist import NotWatched, checked
from portal.forms import Form, LineField, NotTooLong, Said, TextField

ACTS = {
    "block": "Refuse the text; its author is told which words",
    "hold": "Hold it until a moderator has looked",
    "mask": "Show stars in place of it",
    "tag": "Put a tag on the contribution",
}


class WordForm(Form):
    """A word or a pattern, and what is done where it is found."""

    words = LineField("Word or words", [Said("a word"), NotTooLong(200)])
    is_pattern = BooleanField("It is a pattern (a regular expression in the syntax of RE2)")
    whole_word = BooleanField("Only as a whole word", default=True)
    act = RadioField("Where it is found", choices=[SelectChoice(k, w) for k, w in ACTS.items()], default="hold")
    tag = LineField("Tag", [NotTooLong(40)], description="Only if a tag is to be put on it.")
    note = LineField("Note for the other moderators", [NotTooLong(300)])

    def watch(self) -> Watch | None:
        """What was typed as something to watch for; None, with the error beside the field, when it cannot be."""
        try:
            return checked(
                self.words.data or "", self.act.data or "", is_pattern=bool(self.is_pattern.data),
                whole_word=bool(self.whole_word.data), tag=self.tag.data or "",
            )  # fmt: skip
        except NotWatched as wrong:
            self.refuse(wrong)
            return None

    def refuse(self, wrong: NotWatched) -> None:
        """Say beside the field why it cannot be."""
        field = self.tag if "the tag" in str(wrong) else self.words
        field.errors = [*field.errors, str(wrong)]


THRESHOLDS = (
    "held_contributions", "new_until_contributions", "new_until_days", "new_topics_a_day", "new_replies_a_day",
    "new_links", "new_pictures", "new_reply_pause", "reply_pause", "same_host_links", "repeated_days",
    "repeated_likeness", "throwaway_held_contributions", "spam_hold_score",
)  # fmt: skip
"""The settings that a dry run can change."""


def _field(name: str) -> Any:
    f = Settings.__dataclass_fields__[name]
    words = f.metadata["purpose"].strip("… ").capitalize()
    if f.type is float or f.type == "float":
        return DecimalField(words, [InputRequired("Please write a number."), NumberRange(0, 1)], places=None)
    return IntegerField(words, [InputRequired("Please write a number."), NumberRange(0, 10_000)])


class _Thresholds(Form):
    class Meta:
        csrf = False  # it is a question, asked by address; nothing is saved


for _name in THRESHOLDS:
    setattr(_Thresholds, _name, _field(_name))


class DryRunForm(_Thresholds):
    """Thresholds and words to try on the past."""

    words = TextField(
        "More words to hold", [NotTooLong(2000)],
        description="One a line, in addition to the list. A line between slashes, as in /cas[i1]no/, is a pattern.",
    )  # fmt: skip

    def __init__(self) -> None:
        asked = request.args if "words" in request.args else None
        super().__init__(formdata=asked, data={name: getattr(settings(), name) for name in THRESHOLDS})

    def tried_settings(self) -> Settings:
        """The settings with what was typed in their place."""
        typed = {name: self[name].data for name in THRESHOLDS}
        kinds = {name: type(getattr(settings(), name)) for name in THRESHOLDS}
        return replace(settings(), **{name: kinds[name](value) for name, value in typed.items()})

    def tried_words(self) -> list[Watch]:
        """The words that were typed. Raises NotWatched."""
        found = []
        for line in (self.words.data or "").splitlines()[:50]:
            line = line.strip()
            pattern = len(line) > 2 and line.startswith("/") and line.endswith("/")
            if line:
                words = line[1:-1] if pattern else line
                found.append(checked(words, "hold", is_pattern=pattern, whole_word=not pattern))
        return found
