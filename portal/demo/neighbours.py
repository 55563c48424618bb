"""Two neighbours who thank nobody as much as each other. Whether that is arranged or friendship, a moderator says."""

from portal.demo.boards import LOAD, WALL, WORKSHOP
from portal.demo.shapes import Answer, Person, Question

PEOPLE = (
    Person("birgit", "Birgit Thoms", "Lübeck", "Two households, one Barge, one list on the fridge.", 66, "Seamstress", "shares a Barge since this year"),
    Person("arne", "Arne Petersen", "Lübeck", "The other half of Birgit’s Barge.", 64, "Locksmith", "shares a Barge since this year"),
)

TOPICS = (
    Question(LOAD, "birgit", 41, "One Barge, two households: who pays for what?", """
We share with the house across the yard. The battery is ours, the tyres are theirs, and nobody has bought a lock yet. How do you divide it?
""", "sharing, costs", "Barge", answers=(
        Answer("arne", 3, "By kilometre, as I said in the yard: the display counts them, and on Sunday we write them on the list. Ten cents a kilometre go into the jar.", ("birgit",), True),
        Answer("arne", 20, "And the lock is bought. It hangs on the hook.", ("birgit",)),
    )),
    Question(WORKSHOP, "arne", 27, "The stand of the Barge drops by itself", """
Two of us park it, and on slopes it now comes down while riding. Spring or screw?
""", "stand", "Barge", answers=(
        Answer("birgit", 2, "Screw! I turned it a quarter this morning, see whether it holds.", ("arne",), True),
        Answer("birgit", 26, "It has held for a day, with both of the boys in it.", ("arne", "tove")),
    )),
    Question(LOAD, "birgit", 18, "Rolls of cloth, 1.60 m, in a box that is shorter", """
They are heavy, they roll, and they must not bend.
""", "long loads", "Barge", answers=(
        Answer("arne", 4, "Across the rim, with the two straps from my workshop. I have put eyelets on for you.", ("birgit", "zofia"), True),
    )),
    Question(WALL, "arne", 9, "Lübeck: who comes for a ride on Sunday?", """
Round the Wakenitz, slow, with cake. We have one Barge and three children; you bring the rest.
""", "rides", format="discussion", answers=(
        Answer("birgit", 5, "I bake. Eleven o’clock at the bridge.", ("arne",)),
    )),
)  # fmt: skip
