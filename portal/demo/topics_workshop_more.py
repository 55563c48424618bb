"""Topics of the board Workshop, second part: steering, tyres, stands, spokes."""

from portal.demo.boards import WORKSHOP
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(WORKSHOP, "giorgos", 37, "A centimetre of play in the Tug's steering", """
With the front wheel between my knees I can turn the handlebar by about one centimetre before anything happens. 9,000 km, mostly with
pipes. Feels like an old lorry. What wears out, and can I do it myself?
""", "steering, wear", "Tug", answers=(
        Answer("mirko", 6, """
The two ball joints at the ends of the steering rod, usually the front one, because it lives in the puddle. Forty minutes:

- Which one? Somebody rocks the bar, you put a finger on each joint in turn. You feel the click.
- Measure the rod from centre to centre **before** you touch anything. Write it on your hand.
- Loosen the lock nuts. Careful: the front end has a **left-hand thread**, it opens clockwise. (Ask me how I know.)
- New joints M8, the ones with a rubber boot, 14 € each. Same length, lock nuts 20 Nm, both joints must still rock freely afterwards.
- Wheel straight, bar straight? If not, turn the *rod*: half a turn moves the bar by about 2°.

Fill the boots with waterproof grease and they last 15,000 km.
""", ("giorgos", "tomasz", "kofi", "emil"), True),
        Answer("giorgos", 72, "Left-hand thread. I am a plumber, I *live* among left-hand threads, and still I stood there pulling for ten minutes. Done now, steers like new. Epharisto!"),
    )),
    Question(WORKSHOP, "delphine", 15, "The stand of the Punt folds back half-heartedly", """
It goes down like a lady and comes up like a Monday. Last week it stayed halfway and scraped along the Quai de la Fosse, with sparks. Very
literary, but I would like it to stop.
""", "stand", "Punt", answers=(
        Answer("hanneke", 4, """
Sand in the pivot, nearly always. Lay the bike on its side on a blanket, then:

1. Unhook the two springs with a loop of old brake cable (never with pliers, they bite). Note which hole they were in.
2. Undo the pivot bolt, 8 mm Allen. Push it out, wipe everything, look for a groove in the bushing. Groove deeper than a
   fingernail: new bushing, 4 €.
3. **Thick** grease, not oil: oil is what glued the sand there. Bolt 25 Nm, then a quarter turn *back* if the stand moves stiffly.
4. Springs in the outer hole. If they are longer than 92 mm, replace both.

And lift the stand with your foot before you ride, do not let the ground do it.
""", ("delphine", "aoife", "henrik"), True),
        Answer("delphine", 29, "There was a small beach in there. It now snaps shut like a good hardback."),
    )),
    Question(WORKSHOP, "henrik", 203, "Studded tyres: front only, or both?", """
First frost in Odense. I have one pair of hands and like them unbroken. With the Punt's weight at the back, do I need studs at the
back at all? They hum, they cost, and they take a bit of range.
""", "winter, tyres", "Punt", answers=(
        Answer("marit", 5, "Front is what keeps you upright, back is what lets you brake and climb. If I could afford one it would be the front. I have both, and 6 % less range.", ("henrik", "wout", "noa")),
        Answer("tove", 26, "Agree with Marit. For the 20-inch rear of the Punt take 47-406 with at least 160 studs, run it at 3 bar instead of 4, and ride the first 40 km on bare tarmac without hard braking so that the studs seat themselves.", ("henrik",)),
        Answer("gustav", 60, "Three wheels do not fall over. I merely mention it.", ("selma",)),
    )),
    Question(WORKSHOP, "zofia", 23, "Third broken spoke on the same side", """
Rear wheel, drive side, always at the elbow, always on the way to weddings. 7,200 km, light equipment, heavy me. The shop replaces one
spoke each time and charges me for optimism. Rebuild the wheel?
""", "spokes, wheel", "Skiff", answers=(
        Answer("tove", 18, "Three at the elbow on one side: the tension was too low from the start, so each spoke bends a little at every turn until it is tired. The ones still in there are just as tired. Do have that wheel rebuilt with new spokes on *both* sides, 2.34/2.0 mm, around 1,100 N on the drive side. Yours is from the series of early 2023, isn't it? Send me the frame number, **I will see that you get the spokes from us.** Promise; I will report back here.", ("zofia", "wout")),
        Answer("tove", 170, "As promised: spokes are in the post since this morning, with a bag of nipples and a drawing for the shop.", ("zofia", "selma", "clara", "elif")),
    )),
    Question(WORKSHOP, "benno", 12, "Which pump for twelve tyres a week?", """
The school now has the Barge, a cart, and thirty children who discovered that the caretaker owns a pump. My foot pump has given up. What
do you use that survives children?
""", "tools", "Barge", answers=(
        Answer("friederike", 7, "Workshop pump with a steel foot, wooden handle and a *replaceable* hose. Ours is from my grandmother. The hose dies every three years, the pump never.", ("benno",)),
        Answer("hanneke", 20, "And screw the gauge's needle-glass tight with a drop of glue, or a first-grader will own it.", ("benno", "leonie"), True),
        Answer("leonie", 26, "Can confirm. A first-grader owns ours."),
    )),
    Question(WORKSHOP, "katya", 4, "Chewed brake hose: repair or replace?", """
A young shepherd dog (not mine, never mine) has chewed on the rear brake hose of the Barge while I was talking. It does not leak. There are
tooth marks, about half a millimetre deep, in two places. Ride on?
""", "brakes, dogs", "Barge", answers=(
        Answer("friederike", 3, "Replace it. The hose holds 100 bar when you really need it, and half a millimetre is most of its outer wall. 2.2 m of hose, olive, insert, and a bleed: 40 € in a workshop. Until then ride with the front brake, alone, slowly.", ("katya", "tove")),
    )),
    Question(WORKSHOP, "finn", 1.3, "Raft: the flag pole whistles in B flat", """
Above 18 km/h the flag pole of the trailer whistles. A dog has started to howl along. Is there a way to stop it that is not "ride slower"?
""", "noise, trailer", "Raft"),
)
