"""Topics of the year before: what one courier was recognised for then, and has gone on doing since."""

from portal.demo.boards import FIRST, LOAD, MOTOR, WORK, WORKSHOP
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(FIRST, "carla", 462, "Wet tram rails and forty peonies", """
Line 28 and I share a street. When it rains the rails become soap, and I have forty peonies and a bride behind me. Twice the front wheel went its own way. Do I learn this, or do I move?
""", "rain, tram rails", "Tug", answers=(
        Answer("mirko", 4, "You learn it in an afternoon. Cross at *more than forty-five degrees*, look at the far kerb and not at the rail, no brake and no motor while a wheel is on the steel. If the road does not give you the angle, swing out first: shoulder check, half a metre left, then across. On a dry Sunday, twenty times, without the peonies.", ("carla", "nadia", "priya", "aoife", "delphine", "hanneke", "gustav"), True),
        Answer("carla", 90, "Twenty times on Sunday. A tram driver applauded."),
    )),
    Question(WORKSHOP, "yusuf", 447, "Brake pads last us five weeks. Is that normal?", """
Three Tugs, pianos, hills. Five weeks and they sing. The shop says resin is quieter. The neighbours say the same, louder.
""", "brakes, loads", "Tug", answers=(
        Answer("mirko", 6, "With that weight take *sintered*, and bed them in: thirty stops from 25 km/h, each one to walking speed and never to a standstill. Mine went from five weeks to five months. The singing is glaze: take it off with sandpaper on a flat stone, and clean the disc with alcohol, not with the rag that did the chain.", ("yusuf", "friederike", "carla", "henrik", "emil", "marit", "matteo"), True),
    )),
    Question(MOTOR, "priya", 431, "House calls at minus nine: the battery gives up before the tortoise", """
In summer I do fourteen calls on one charge. This week it was six, and the last hill was mine alone. Is it broken?
""", "battery, winter", "Skiff", answers=(
        Answer("mirko", 5, "It is cold, not broken. Keep it at room temperature until you leave, put it in the bag with the neoprene sleeve, and begin with a low level for two kilometres: a battery that works warms itself. Never charge it frozen; two hours indoors first. I count on two thirds of summer from December on, and plan the hill for the morning.", ("priya", "aoife", "hanneke", "nadia", "gustav", "delphine", "leonie"), True),
    )),
    Question(WORKSHOP, "friederike", 418, "Speichenbruch, always the same side", """
Third spoke on the left of the rear wheel of Tug two. I replace it, I true it, a month later the next one says *ping* on the motorway bridge. What do I overlook?
""", "spokes, wheels", "Tug", answers=(
        Answer("mirko", 8, "When the third goes, the others are just as tired: they have been too slack together. Have the whole wheel laced anew with 2.3 mm on that side, all at the same tension, stress-relieved by squeezing pairs, and check after 100 km. And look at who parks it: ours was dropped off a kerb on that side every day, by me.", ("friederike", "yusuf", "emil", "henrik", "carla", "gustav"), True),
        Answer("friederike", 70, "It was the kerb. I will not say who."),
    )),
    Question(WORK, "aoife", 404, "What must be in the bag so that I never push it home at three in the morning?", """
Babies come when they like, punctures too. I can carry one small bag beside the big one. What goes in, in which order?
""", "tools, night", "Punt", answers=(
        Answer("mirko", 3, """
After 20,000 km mine holds seven things: a tube, two levers, a pump that reaches 4 bar, a multi-tool with a chain breaker, a quick link, a metre of strong tape round the pump, and a head torch. In that order of use.

What is *not* in it is the second tube, since tyres with a belt I have never needed one.
""", ("aoife", "priya", "nadia", "marit", "leonie", "delphine", "selma"), True),
    )),
    Question(WORK, "henrik", 396, "Where do you lock 42 kilos while you are on a roof?", """
I am up there for an hour and can see the thief from above, which does not help.
""", "locks, theft", "Punt", answers=(
        Answer("mirko", 7, "Two locks of different kinds, so that two kinds of thief are needed: a chain through the *frame and the rear wheel* round something that is set in concrete, and a frame lock that stays on the bike. Under a lamp, by the café and not behind the house. Take the display with you. In six years mine was lifted once, and they put it down again.", ("henrik", "gustav", "emil", "carla", "matteo", "hanneke"), True),
    )),
    Question(LOAD, "delphine", 345, "How do books stay dry for forty kilometres?", """
The cover keeps off the rain. It does not keep off what comes up from the road and in through the zip.
""", "rain, books", "Punt", answers=(
        Answer("mirko", 5, "Do not make the box tight, make the *load* tight: fish crates with a lid, 60 by 40, two fit side by side. A strip of foam under the zip, and a mud flap on the front wheel that nearly touches the ground; most of the water is your own. I carried medical files like that through two winters.", ("delphine", "carla", "nadia", "marit", "leonie", "aoife", "zofia"), True),
    )),
    Question(WORKSHOP, "gustav", 300, "At which stretch do you change the chain?", """
The gauge says 0.5, my neighbour says 0.75, my wife says the opera begins at seven.
""", "chain, wear", "Barge", answers=(
        Answer("mirko", 9, "At 0.5, if the sprockets are to live: a chain is cheap, what it eats is not. On my Tug that is 2,200 km, with wax 3,500. Measure in three places, since a loaded bike wears the part you start with. And the opera always comes first.", ("gustav", "marit", "emil", "henrik", "priya", "friederike", "hanneke"), True),
    )),
    Question(LOAD, "nadia", 250, "Cobbles, 180 loaves, and a crust that does not forgive", """
The harbour side is all cobbles. At five in the morning I arrive with crumbs. Softer tyres? Slower? A carpet?
""", "cobbles, tyres", "Barge", answers=(
        Answer("mirko", 4, "All three. Go down to 2.4 bar in front and 2.8 behind while the bread is on board; a camping mat cut to size under the crates; and choose the line the old carts wore into the middle. If the tyre touches the rim once, add 0.2. I lost a wedding cake before I knew this.", ("nadia", "piet", "adebayo", "matteo", "carla", "delphine", "leonie", "amelie"), True),
        Answer("nadia", 60, "2.4 and the mat. The crust is whole. The cake has my sympathy."),
    )),
    Question(MOTOR, "marit", 205, "A headwind of 11 m/s eats 40 % of my range. What do you do about wind?", """
I have a spreadsheet. It has a column for wind. The column is sad.
""", "range, wind", "Punt", answers=(
        Answer("mirko", 6, "Ride it like a hill: one level lower and ten per cent slower costs you four minutes and gives back half of what you lost, since drag grows with the square. Lower the cover, it is a sail. And turn the tour round: out against the wind with a full battery, home with it. Your column will still be sad, but shorter.", ("marit", "noa", "aoife", "gustav", "sanne", "kofi", "jana", "hanneke"), True),
    )),
    Question(LOAD, "emil", 160, "A tree of four metres, standing or lying?", """
An apple tree, bare roots, four metres. The Tug is one metre forty. There is a bridge.
""", "trees, wide loads", "Tug", answers=(
        Answer("mirko", 5, "Lying, roots in *front* where the weight belongs, crown behind, a wet sack round the roots. More than a metre past the rear light needs a red flag by day and a light by dusk; tie it in three places so that it cannot swing. The bridge is no problem then. The market afterwards is, so go round.", ("emil", "nadia", "zofia", "amelie", "yusuf", "bea", "friederike", "carla"), True),
    )),
)  # fmt: skip
