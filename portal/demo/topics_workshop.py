"""Topics of the board Workshop, first part: belts, brakes, hubs."""

from portal.demo.boards import WORKSHOP
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(WORKSHOP, "sanne", 41, "The belt squeals like a guinea pig, but only when wet", """
Dry: silent. First kilometre after rain: squeaking so loud that dogs answer. The belt is a year old, 4,800 km, teeth look fine. A
neighbour wants to put chain oil on it. I have hidden the oil from him.
""", "belt, noise, rain", "Skiff", answers=(
        Answer("hanneke", 3, """
Well hidden! Oil makes belts swell, keep it away. A squeal in the wet is one of three things, most often the first:

1. **Dirt on the flanks.** Warm water, drop of washing-up liquid, old toothbrush: both sprockets and the belt inside *and on
   the edges*. Turn the cranks backwards while brushing. Let it dry, ride.
2. **Tension.** Too loose chirps under load, too tight hums. Pluck the upper run like a string: a phone tuner should say
   between 45 and 50 Hz on the Skiff. Measure at four crank positions, take the tightest.
3. **Line.** Turn the cranks backwards for twenty turns. If the belt walks against the outer edge of the sprocket, the rear wheel
   sits askew: quarter of a turn on the dropout screw.

If it still sings after that, a breath of *dry silicone* on the belt's back. On the belt only, never near the disc.
""", ("sanne", "elif", "delphine", "leonie", "zofia"), True),
        Answer("oskar", 9, "As a piano tuner I must add that 48 Hz is a slightly flat G1. Mine is in tune.", ("sanne", "hanneke", "mei", "tove")),
        Answer("sanne", 30, "Toothbrush, done. There was half the province of Groningen on the edges. Silence. The dogs are disappointed."),
    )),
    Question(WORKSHOP, "tomasz", 95, "Front brake of the Tug rubs after every long descent", """
With 120 kg of kitchen down the Spacerowa it starts: *zing zing zing* from the front disc, for about a kilometre, then gone. Pads have
2 mm left. I re-centred the caliper twice. Cold it is perfect.
""", "brakes, descent", "Tug", answers=(
        Answer("mirko", 5, """
Gone when cold means you do not have to centre anything: the disc gets hot, dishes a little, and comes back. Two causes,
both cured by braking differently:

- You *drag* the brake all the way down. Brake hard, short, both wheels, then let go and let it cool. Speed goes up and
  down like a wave. Discs survive 300 °C for three seconds, not 180 °C for two minutes.
- The rear does too little. On the Tug the load sits between the wheels, so the rear can take nearly half.

Then look at the disc: **blue or straw-coloured** rings mean it was cooked. Under 1.8 mm thick (new is 2.0, it is engraved) or
blue all round: replace it, and take the sintered pads for loads over 100 kg. They squeal a bit more and fade a lot later.
""", ("tomasz", "giorgos", "carla", "sven"), True),
        Answer("tomasz", 49, "Blue. All round. New disc, sintered pads, waves instead of dragging: silence at the bottom. I could even hear the customer waiting."),
    )),
    Question(WORKSHOP, "kofi", 66, "How many kilometres do your brake pads last?", """
Mine: 1,400 km. The shop says 3,000. My colleague says I brake like I am paid for it. Who is normal?
""", "brakes, wear", "Tug", answers=(
        Answer("mirko", 4, """
You are normal for stop-and-go. I write everything down, here are four years of Tug with 60 to 90 kg on board:

| pads | season | km, front | km, rear |
|---|---|--:|--:|
| organic | summer | 1,600 | 2,300 |
| organic | winter, salt | 900 | 1,300 |
| sintered | summer | 3,400 | 4,700 |
| sintered | winter, salt | 2,500 | 3,200 |

Change them at 1 mm of lining, not when you hear them: what you hear is the backing plate eating an 45-euro disc. And
**bed new ones in**: twenty brakings from 25 km/h to walking pace, never to a stop, then leave them to cool. Skip this and you lose a third of
the life.
""", ("kofi", "jana", "yusuf", "henrik", "amelie"), True),
        Answer("jana", 10, "I am the colleague. He really does brake as if he were paid for it.", ("mirko", "wout")),
        Answer("piet", 33, "Bookmarked. Nobody ever told me about bedding in; I have been throwing away a third of my pads since 2023."),
    )),
    Question(WORKSHOP, "friederike", 52, "Drehmomentstützenbefestigungsschraube am Lastenradhinterrad verloren", """
Unser ältester Tug hat unterwegs die **Drehmomentstützenbefestigungsschraube** der Hinterradnabenschaltung verloren (M8, innen am linken
Ausfallende). Gemerkt habe ich es erst, als sich beim Rückwärtsschieben die ganze Nabenachse mitgedreht und den Schaltzug
aufgewickelt hat. Frage: Reicht eine Edelstahlschraube A2-70 aus dem Baumarkt, oder brauche ich das Original? Und wie prüfe ich, ob das
Hinterradnabenschaltungsgetriebe dabei Schaden genommen hat?

*(English is fine too. I just needed to write that word once.)*
""", "deutsch, nabenschaltung", "Tug", answers=(
        Answer("mirko", 3, """
Ist mir auch passiert, zwischen Grimma und Wurzen, im Regen, natürlich.

- **Schraube:** A2-70 hält, aber nimm die Länge genau: 16 mm. Eine 20er läuft hinten in die Bremsscheibe. Mittelfester
  Schraubensicherungslack, **15 Nm**, und einen Strich mit Lackstift über Kopf und Blech, dann siehst du jede Lockerung.
- **Schaltzug:** Den aufgewickelten bitte tauschen, auch wenn er noch geht. Geknickte Litzen reißen immer an der Ampel.
- **Getriebe:** Alle Gänge am Montageständer durchschalten, dabei von Hand an der Kurbel gegenhalten. Kein Knacken, kein Leerlauf: alles gut. Dreht die
  Achse im Ausfallende, wenn du den Rückwärtsgang… nein, den gibt es ja nicht. Also beim Schieben: dann sind die Nasenscheiben rund und gehören neu.

For the others: torque-arm bolt lost; M8×16, thread lock, 15 Nm, and mark it with paint.
""", ("friederike", "yusuf", "leonie"), True),
        Answer("selma", 8, "Lastenradhinterradnabenschaltungsdrehmomentstützenbefestigungsschraubensicherungslack. So. Jetzt ist auch die Suche zufrieden.", ("friederike", "mirko", "tove", "benno")),
        Answer("friederike", 25, "16 mm, Lack, Strich. Alle drei Räder haben jetzt Striche. Danke, Mirko!"),
    )),
    Question(WORKSHOP, "priya", 88, "Puncture in the rear wheel of a Skiff, by the road, with a cat on board", """
A patient (cat, insulted) and I stood by the Danube for an hour because I did not dare to take the rear wheel out: hub gear, belt, a
cable I do not understand. Is there a way to mend it *without* removing the wheel? And what should I carry?
""", "puncture, hub gear", "Skiff", answers=(
        Answer("hanneke", 2, """
Leave the wheel in! That is the secret of everybody with a belt:

1. Lean the bike on its stand, sandbag or cat basket in the box so the rear comes up.
2. Lever **one** side of the tyre off, the right one, over half the wheel opposite the valve. Pull the tube out sideways.
3. Find the hole (cheek or upper lip feels the air better than the hand), roughen, vulcanise, wait the full three minutes, patch.
4. Run two fingers round the inside of the tyre. The thorn is *still in there*. It always is.
5. Tube back, tyre on, 3.5 bar.

Carry: two levers, patches **and a fresh tube of vulcanising solution** (the open one is always dry), small pump with hose, gloves, and a
linear tube. That one has two ends and goes in without removing anything.
""", ("priya", "aoife", "delphine", "elif", "clara"), True),
        Answer("aoife", 7, "The linear tube saved a home birth in Spiddal. Twelve euros.", ("priya", "hanneke")),
        Answer("priya", 51, "Practised in the yard with the tortoise as load. 14 minutes. The tortoise was unimpressed."),
    )),
    Question(WORKSHOP, "gustav", 121, "A creak at every crank turn that is not the crank", """
I have tightened, greased and replaced: pedals, crank bolts, chainring bolts, bottom bracket. I am an engineer; this is now personal.
One creak per turn, right pedal down, only when seated.
""", "noise", "Barge", answers=(
        Answer("tove", 20, """
*Only when seated* is the clue. Standing up and no creak means: saddle or seat post.

Pull the post, clean it and the tube with a rag until the rag stays white, thin film of assembly grease, clamp bolt to 6 Nm. Then
take the saddle clamp apart: the two half-moons creak against the rails. Grease there too, 12 Nm. Mark the height before, your knees will
thank you.

In eleven years it was the seat post eight times out of ten. We still check the bottom bracket first. Everybody does.
""", ("gustav", "ruth", "selma", "katya", "oskar"), True),
        Answer("gustav", 45, "The seat post. I replaced a bottom bracket because of a seat post. I would like this thread to be sealed and opened in fifty years."),
        Answer("hanneke", 47, "You are in very good company.", ("gustav",)),
    )),
)
