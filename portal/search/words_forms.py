"""What the owner types about words: which mean the same here, which say nothing, and in which language people write."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from portal.forms import Form, TextField
from portal.search.site_words import LANGUAGES, MOST_IN_A_GROUP, Said
from portal.search.words import tokens

LANGUAGE_NAMES = {
    "da": "Dansk", "de": "Deutsch", "en": "English", "es": "Español", "fi": "Suomi", "fr": "Français",
    "it": "Italiano", "nl": "Nederlands", "no": "Norsk", "pt": "Português", "sv": "Svenska",
}  # fmt: skip
"""What languages call themselves."""
MOST_GROUPS = 300
MOST_SAID_AS_ONE = 4
"""Words between two commas: `electric bike` is one thing."""
MOST_STOP_WORDS = 300


class WordsForm(Form):
    """The words of the site."""

    language = SelectField(
        "Language people write in",
        choices=[SelectChoice(code, LANGUAGE_NAMES.get(code, code)) for code in sorted(LANGUAGES)],
        default="en",
        validate_choice=False,
        description="Search cuts endings off by it: who looks for “brakes” finds “brake”. "
        "After a change the index is rebuilt; search answers as before until that is done.",
    )
    synonyms = TextField(
        "Words that mean the same",
        description="One group a line, with commas between: e-bike, pedelec, electric bike. "
        "Whoever types one finds the others too.",
    )
    stop_words = TextField(
        "Words that say nothing here",
        description="With spaces between. They are passed over in a search that has other words: "
        "your company’s name, if it stands everywhere.",
    )

    def validate_language(self, field: SelectField) -> None:
        """Raises StopValidation for a language there is not."""
        if field.data not in LANGUAGES:
            raise StopValidation("Please choose one of the languages.")

    def validate_synonyms(self, field: TextField) -> None:
        """Raises StopValidation with the line that can't be meant; what passes is brought into one form."""
        lines = (field.data or "").splitlines()
        seen: dict[Said, int] = {}
        groups = []
        for number, line in enumerate(lines, 1):
            if line.strip():
                group = _group(line, number)
                for said, written in group.items():
                    if other := seen.get(said):
                        raise StopValidation(f"“{written}” stands in lines {other} and {number}. Put them together.")
                seen |= dict.fromkeys(group, number)
                groups.append(", ".join(group.values()))
        if len(groups) > MOST_GROUPS:
            raise StopValidation(f"These are {len(groups)} groups; {MOST_GROUPS} are possible.")
        field.data = "\n".join(groups)

    def validate_stop_words(self, field: TextField) -> None:
        """Raises StopValidation when there are too many; what passes is brought into one form."""
        words = list(dict.fromkeys(tokens(field.data or "")))
        if len(words) > MOST_STOP_WORDS:
            raise StopValidation(f"These are {len(words)} words; {MOST_STOP_WORDS} are possible.")
        field.data = " ".join(words)


def _group(line: str, number: int) -> dict[Said, str]:
    """What a line says means the same: folded, and as it was written, each once. Raises StopValidation."""
    group: dict[Said, str] = {}
    for written in (part.strip() for part in line.split(",") if part.strip()):
        said = tuple(tokens(written))
        if not said:
            raise StopValidation(f"Line {number}: “{written[:40]}” has no letters and no digits.")
        if len(said) > MOST_SAID_AS_ONE:
            raise StopValidation(
                f"Line {number}: “{written[:40]}” is {len(said)} words. "
                f"At most {MOST_SAID_AS_ONE} can stand between two commas."
            )
        group.setdefault(said, written[:80])
    if len(group) < 2:
        raise StopValidation(f"Line {number} needs two words or more, with commas between them.")
    if len(group) > MOST_IN_A_GROUP:
        raise StopValidation(f"Line {number} has {len(group)} words; {MOST_IN_A_GROUP} are possible in one group.")
    return group
