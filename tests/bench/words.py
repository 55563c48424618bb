"""Texts by the dice: enough different ones to look at and to search in, rendered once, used many times."""

from dataclasses import dataclass
from random import Random

from portal import text as texts


def _list(words: str) -> list[str]:
    return words.split()


THINGS = _list(
    "brake chain saddle battery charger display hub bell basket trailer mudguard pump tube tyre rim spoke pedal crank "
    "lever cable motor controller lamp dynamo rack stand lock helmet glove jacket pannier seat canopy bumper axle "
    "bearing derailleur sensor screw washer nut bracket handlebar grip mirror reflector hose valve"
)
DOINGS = _list(
    "replace adjust clean tighten loosen charge store carry paint measure mount remove repair oil test order return "
    "compare balance reset update align seal bleed true"
)
QUALITIES = _list(
    "quiet loud wet cold rusty new old loose heavy light bent worn sealed spare steep gentle narrow wide early late "
    "cheap strong weak stiff smooth slippery dusty frozen hidden broken"
)
PLACES = _list(
    "Ghent Utrecht Bremen Lyon Porto Turin Gdansk Bergen Malmö Aarhus Graz Basel Leeds Cork Zagreb Brno Tartu Vilnius "
    "Kraków Sevilla"
)
NAMES = _list(
    "Ada Bo Cem Dana Emil Fay Gus Hedda Ivo June Kai Lena Milo Nora Otto Pia Quin Rosa Sven Tess Uma Vito Wim Xenia "
    "Yara Zoë Amir Bente Chidi Dolores Eero Farah Goran Hana Idris Jelena Kofi Leila Mateo Ngozi"
)
FAMILIES = _list(
    "Abel Berg Costa Dahl Ender Fischer Gallo Haas Ito Jansen Keller Lund Marin Novak Okafor Pérez Quist Rossi Sato "
    "Tamm Ulrich Visser Weber Young Zeman"
)
TRADES = ("baker", "carpenter", "courier", "florist", "gardener", "midwife", "plumber", "teacher", "vet", "")
GOALS = ("fewer car trips", "school run", "deliveries", "holidays", "a healthier heart", "carrying tools")
QUESTIONS = (
    "How do I {doing} a {quality} {thing}?",
    "The {thing} is {quality} since I wanted to {doing} it",
    "Which {thing} fits a {quality} {other}?",
    "Has anybody tried to {doing} the {thing} in {place}?",
    "{quality} {thing}, {quality2} {other}: what first?",
)
SENTENCES = (
    "Since {place} the {thing} has been {quality}, and the {other} is not much better.",
    "I wanted to {doing} it, but the {quality} {thing} was in the way.",
    "First {doing} the {other}, then look whether the {thing} is still {quality}.",
    "Mine is {quality} too; a {quality2} {thing} from the shop in {place} helped.",
    "It took me half an hour to {doing} the {thing} and two cups of tea to find the {other}.",
    "Do not {doing} the {thing} while it is {quality}.",
    "With a {quality} {other} you can {doing} nearly everything.",
    "The manual says to {doing} every {thing} once a year, which nobody in {place} does.",
    "If it stays {quality}, **write to us again** and add a picture of the {thing}.",
    "See also the [notes on the {thing}](https://example.org/{thing}) that somebody collected.",
)
SHAPES = (
    "{0}", "{0} {1}", "{0} {1}\n\n{2}", "{0}\n\n- {1}\n- {2}\n\n{3}", "> {0}\n\n{1} {2} {3}", "{0} {1}\n\n    {3}",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A text as the database keeps it."""

    source: str
    html: str
    excerpt: str


class Pool:
    """What members can say. Needs the application's context, because texts are rendered as the portal does."""

    def __init__(self, dice: Random, size: int) -> None:
        self.dice = dice
        self.texts = [self._text() for _ in range(size)]

    def title(self) -> str:
        """A question, or half of one."""
        line = self._filled(self.dice.choice(QUESTIONS))
        return line[0].upper() + line[1:]

    def text(self) -> Written:
        """Any of the texts."""
        return self.dice.choice(self.texts)

    def sentence(self) -> str:
        """One sentence."""
        return self._filled(self.dice.choice(SENTENCES))

    def _text(self) -> Written:
        source = self.dice.choice(SHAPES).format(*(self.sentence() for _ in range(4)))
        html = str(texts.render(source))
        return Written(source, html, texts.excerpt(html, 240))

    def _filled(self, pattern: str) -> str:
        choice = self.dice.choice
        return pattern.format(
            doing=choice(DOINGS), thing=choice(THINGS), other=choice(THINGS), quality=choice(QUALITIES),
            quality2=choice(QUALITIES), place=choice(PLACES),
        )  # fmt: skip
