"""Topics of the board Motor and battery."""

from portal.demo.boards import MOTOR
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(MOTOR, "marit", 152, "Range by temperature: a year of measurements from Bergen", """
I promised the numbers, here they are. Punt, one battery of 625 Wh, 34 kg of children and shopping, 61 rides of 12.4 km with 210 m of climbing.
I rode until the display showed 20 % and scaled up; middle assist, no showing off.

| temperature | rides | Wh per km | range, km | against 20 °C |
|---|--:|--:|--:|--:|
| 20 to 24 °C | 9 | 11.2 | 56 | 100 % |
| 10 to 19 °C | 22 | 11.9 | 52 | 94 % |
| 5 to 9 °C | 14 | 12.8 | 48 | 86 % |
| 0 to 4 °C | 10 | 13.9 | 43 | 78 % |
| −6 to −1 °C | 6 | 15.1 | 38 | 68 % |

What surprised me: about **half** of the winter loss is not the battery. It is studded tyres (6 %), stiff grease, more clothes, wetter
roads and denser air. The battery kept indoors until departure gave me 5 km back at −3 °C.

Raw data on request. Yes, I know how that sounds.
""", "range, winter, measurements", "Punt", format="discussion", thanks=("hanneke", "clara", "mei", "gustav", "aoife", "henrik", "noa", "tim"), answers=(
        Answer("mei", 6, "Raw data please! I will plot it.", ("marit",)),
        Answer("dario", 22, "These match our climate chamber within 3 %, and our climate chamber cost more than your Punt. May we quote you in the manual, with your name?", ("marit", "gustav")),
        Answer("marit", 23, "You may. My mother will frame the manual."),
        Answer("emil", 50, "The neoprene battery cover gets me another 2 to 3 km below zero. It looks like a tea cosy and it works like one.", ("marit", "henrik")),
    )),
    Question(MOTOR, "aoife", 61, "Battery jumps from 20 % to 5 %, at night, on the coast road", """
Twice now. It falls slowly to 20, then within one hill to 5, and ten minutes later it is at 12 again. Two years old, 380 charges. I
need to trust it, babies do not wait for me to push 40 kilos up a hill.
""", "battery, display", "Punt", answers=(
        Answer("hanneke", 3, """
The energy is there, the *counting* has drifted. The battery estimates by adding up what goes in and out, and corrects itself only at the very
top and the very bottom. Who always charges from 40 to 80 never gives it a chance. So:

1. Charge to 100 % and leave it on the charger for two more hours (it evens out the cells at the end).
2. Ride it down, on a safe Sunday, until the motor stops helping.
3. Let it rest an hour, charge to 100 % in one go.

Once every three months is enough. The jump back to 12 % is cold cells recovering their voltage: keep it indoors and it shrinks.

If it **still** drops by more than 10 points on one hill after that, one group of cells is weak, and you should ask for the printout.
""", ("aoife", "marit", "noa", "priya"), True),
        Answer("dario", 25, "All correct. For you, since others depend on your arriving: bring it in even if it behaves afterwards. We read it out while you wait.", ("aoife",)),
        Answer("aoife", 98, "Safe Sunday done, 38 km, pushed the last one. Since then it counts down like a decent clock. A girl, 3.4 kg, by the way."),
    )),
    Question(MOTOR, "dario", 47, "Motor software 4.2: what it changes and what it does not", """
From today at your dealer's and in our workshop, free, eight minutes.

- **Smoother start** with a heavy load: the push comes over 0.8 s instead of 0.3. Movers asked for it; belts will thank them.
- The display now says *"speed sensor: check plug"* instead of `510`.
- Walk assist holds 4 km/h uphill as well. It used to lose heart at 12 %.

What it does not change: the 25 km/h, and the way the light takes a second to come on. We are still looking for that second.

Known: on Tugs before 2022 with two batteries the left one shows `--` for a minute after the update. It is only shy.
""", "software, announcement", format="discussion", locked=True, thanks=("yusuf", "friederike", "mirko", "giorgos", "kofi")),
    Question(MOTOR, "yusuf", 44, "Two batteries on the Tug: which one is emptied first, and should I swap them?", """
The left one has 610 charges, the right one 240, says the printout. Friederike says that is unfair to the left one. Can I make the bike use
them in turns? Or does swapping the places help?
""", "battery", "Tug", answers=(
        Answer("mirko", 8, """
The controller drains whichever has the **higher voltage** until both are level, then both together. In theory the same for each. In practice
people take the left one indoors, charge that, and forget the right one: so the left one is always the fuller one and always goes first.

Swapping places changes nothing, the bike does not know left from right by heart. What helps:

- charge **both or none**, with the double cable;
- on short days use only one, and put a calendar on the wall: odd weeks left, even weeks right;
- never leave the resting one at 100 % for weeks. 50 to 60 %, cool, dry.

After a year mine are 31 charges apart instead of 400.
""", ("yusuf", "friederike", "kofi", "jana", "emil"), True),
        Answer("yusuf", 22, "It is exactly as you say. There is a socket next to the left one and a shelf in front of the right one. The shelf has moved."),
    )),
    Question(MOTOR, "carla", 78, "Motor cuts out on cobbles, for a second, every time", """
Calçada portuguesa, uphill, forty peonies. The motor goes, the display blinks, the motor comes back. On tarmac never. I have learned many new words.
""", "sensor, cobbles", "Tug", answers=(
        Answer("mirko", 5, """
Speed sensor. It looks at a magnet on a rear spoke, and cobbles shake the two apart. When the signal is missing for one second the motor
must stop, by law and by good sense.

1. Find the magnet (left side, rear wheel). It should pass the mark on the sensor at **5 to 12 mm**. Yours will be at 15 or turned away.
2. Move it along the spoke until it passes the mark, 8 mm, and tighten it to 1 Nm, with a drop of thread lock.
3. Push the sensor's bracket by hand: if it wobbles, that is the other half of the problem.
4. Plug behind the cover: out, look for green, contact spray, in until it clicks.

If it still blinks, put a torch on the cable where it enters the chain stay. Mine was worn through there after 20,000 km.
""", ("carla", "giorgos", "noa", "oskar"), True),
        Answer("carla", 26, "16 mm! Now 8. Up the Bica with forty peonies and no new words. Obrigada, you are a treasure."),
    )),
    Question(MOTOR, "mei", 112, "Reading the ride log with twenty lines of Python", """
The app exports each ride as a CSV, but it only shows averages. This prints where the energy went, by gradient. Perhaps useful to others who draw
things for a living:

```python
import csv
from collections import defaultdict

spent, driven = defaultdict(float), defaultdict(float)
with open("ride.csv", newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file, delimiter=";"):
        metres = float(row["distance_m"])
        if metres <= 0:
            continue
        grade = round(100 * float(row["climb_m"]) / metres / 2) * 2
        spent[grade] += float(row["energy_wh"])
        driven[grade] += metres / 1000

for grade in sorted(spent):
    print(f"{grade:+4d} %  {spent[grade] / driven[grade]:5.1f} Wh/km  {'▇' * int(spent[grade])}")
```

For my way to work most of it disappears on **one** bridge. I now take the other bridge.
""", "software, measurements", "Skiff", format="discussion", thanks=("marit", "gustav", "dario", "jonas_k"), answers=(
        Answer("gustav", 15, "Rides of mine from before 4.1 have a comma as decimal sign. `row[\"climb_m\"].replace(\",\", \".\")` and it runs. Lovely.", ("mei", "marit")),
        Answer("dario", 40, "The comma was me. I am sorry. Since 4.1 it is a point.", ("gustav", "mei")),
    )),
    Question(MOTOR, "matteo", 20, "Running the coffee grinder from the bike battery?", """
The grinder takes 350 W for six seconds per espresso, the battery sits there with 625 Wh, doing nothing while I stand. Is there a plug? Could there be a plug?
""", "battery, coffee", "Barge", answers=(
        Answer("nadia", 6, """
Please do not: the pack talks to the bike, and a stranger on its line makes it switch off, at best. It also takes the warranty with it.

I had the same idea with my proofing box. What I have now, for two years: a **separate LiFePO4 battery, 12.8 V 100 Ah** (1,280 Wh, 11 kg) under the
floor of the Barge, a 1,000 W sine inverter, a 60 A fuse within 20 cm of the plus pole, 16 mm² cable. All in a vented box, strapped down.

Your sum: 350 W × 6 s = 0.58 Wh each, so 0.7 with losses. 400 espressos are 280 Wh. You will have enough left for music.
""", ("matteo", "adebayo", "piet"), True),
        Answer("dario", 18, "What Nadia says. I am the one who would have to write to you about the warranty, and I like your coffee.", ("matteo",)),
        Answer("matteo", 120, "Installed. First day: 211 espressos, one Debussy evening, 71 % left."),
    )),
    Question(MOTOR, "rami", 68, "البطارية في الحر: هل أتركها في الشمس؟", """
مرحباً جميعاً. في عمّان تصل الحرارة في آب إلى ٤٠ درجة، والدراجة (Punt) تقف أمام المكتب تحت الشمس ثماني ساعات. لاحظت أن البطارية تصبح ساخنة جداً
وأن المحرك يخفف المساعدة عند الصعود بعد الظهر.

- هل هذا يضر بالبطارية على المدى الطويل؟
- هل من الأفضل أن آخذها معي إلى المكتب؟
- ما هي درجة الحرارة القصوى للشحن؟

*Short version in English: 40 °C, eight hours of sun, and the motor gets lazy on the way home. Harmful? And how warm may it be while charging?*
""", "heat, العربية", "Punt", answers=(
        Answer("noa", 4, """
أهلاً رامي! نفس القصة في حيفا. خذها معك إلى المكتب دائماً: الشمس تسخّن العلبة السوداء إلى أكثر من ٦٠ درجة، وهذا ما يشيخ البطارية، لا الهواء نفسه.

The same in English for the others: **take it indoors**. The air is 40, the black case in the sun was over 60 when I measured, and heat above 45 °C is what ages cells, most of all
when they are full. So in summer I charge to 80 %, let it cool for half an hour after the ride, and charge in the evening. An old white pillowcase over the empty mount keeps the contacts cool.

בהצלחה!
""", ("rami", "marit", "giorgos"), True),
        Answer("dario", 20, "Numbers: the charger waits above 45 °C and starts by itself when the pack is cooler. The motor begins to save itself at 70 °C *inside the motor*; two minutes in a lower gear with a faster cadence cool it best.", ("rami", "noa")),
        Answer("rami", 44, "شكراً نوعا! غطاء الوسادة الأبيض يعمل. The pillowcase works and the whole office asks about it."),
    )),
    Question(MOTOR, "katya", 60, "Error 510 after washing off the mud", """
Four dogs, one swamp, one garden hose. Now the display says 510 and the motor sulks. It is a Barge from 2024. Did I drown it?
""", "error, washing", "Barge", answers=(
        Answer("nadia", 4, "No! 510 is the speed sensor not being seen, and water in its plug is enough. Rear left, under the small cover: unplug, blow it out (really, with your mouth), leave it open overnight in a warm room, contact grease, plug in until it clicks. And next time bucket and sponge: the hose gets under every seal. I wash flour off mine every day, so I know.", ("katya", "matteo"), True),
        Answer("katya", 20, "It was a puddle the size of a lentil. All of this, for a lentil."),
    )),
    Question(MOTOR, "luca", 26, "Landlord forbids charging in the cellar", """
He read about a fire. I understand him, I sleep above that cellar. What can I offer him that is true and not just calming?
""", "charging, safety", "Skiff", answers=(
        Answer("dario", 15, "True things: use only the charger that belongs to it; charge on stone or metal, nothing that burns within half a metre; a smoke detector above it; never a pack that was dropped, is bent or was under water; and not while everybody sleeps. It takes 4 hours, so a timer from 16 to 20 h is an honest offer. I can send him our test report, it is boring in the best way.", ("luca", "clara", "elif")),
        Answer("piet", 40, "Ours wanted a steel cabinet. 190 €, and now he keeps his own drill batteries in it."),
    )),
    Question(MOTOR, "oskar", 2.2, "Mist inside the display since the first frost", """
A small cloud, bottom left, in the mornings. It goes when the sun is on it. It works, but it looks like a fish tank. Can it be opened, or do I put it into rice like a telephone?
""", "display", "Skiff"),
)
