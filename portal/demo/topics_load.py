"""Topics of the board Loads and passengers."""

from portal.demo.boards import LOAD
from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(LOAD, "leonie", 6.5, "Four first-graders in the Barge: how do you get them in, belted and quiet?", """
Tuesdays, swimming pool, 2.3 km, four children at a time, six tours. Belting takes longer than riding. One always unbelts another. I have tried songs.
""", "children, school, belts", "Barge", answers=(
        Answer("hanneke", 5, """
From eleven years of other people's children:

- **Numbers on the seats**, in paint, and the child wears the number on the hand, in felt pen. No discussion about who sits where, ever again.
- Back bench first, then front bench, and get in **over the step while you stand at the brake**: lock the parking brake, key in *your* pocket.
- Three-point belts with a chest clip: a clip at the height of the armpits takes two hands to open. The other child has only one free.
- Shorten the belts once, sew the end down. Long ends are toys.
- The one who unbelts others becomes *belt inspector*. He checks all four and says "clear to cast off". It works frighteningly well.

And look into your road code for how many may sit in there and up to what age; it differs from country to country.
""", ("leonie", "benno", "ruth", "sanne"), True),
        Answer("benno", 9, "I have painted the numbers. The inspector has asked for a cap."),
        Answer("leonie", 50, "Loading time on Tuesday: 1:40 min instead of 6. The inspector has a cap now."),
    ), drawing=Drawing("street", "spring", 731, "barge", "children"), alt="A Barge with two children in the box rides past town houses in spring."),
    Question(LOAD, "oskar", 70, "Cello: lying, standing, or in its own seat?", """
Hard case, 1.38 m, eleven kilos with cello, priceless to me. Lying across the box it sticks out like a goose. Has anybody got experience with long, fragile, easily insulted things?
""", "cello, fragile", "Skiff", answers=(
        Answer("emil", 7, """
I carry young fruit trees, which are also long and easily insulted. **Standing, leaning back towards you**, foot in the front corner of the box:

1. A slab of 8 cm foam under the foot, with a hollow cut out, so that it cannot wander.
2. One broad strap round the waist to the box's rails, one **loose** loop round the neck to the handlebar column. Loose! It must swing a little or the neck does the work.
3. Centre of gravity low: your tools beside the foot.
4. Tyres 0.5 bar softer than usual.

The shoulder of the case must not touch the box's edge. A tennis ball, cut open, on the edge.
""", ("oskar", "mei", "zofia"), True),
        Answer("zofia", 24, "Light stands travel the same way. The tennis ball is the best part.", ("emil",)),
        Answer("oskar", 48, "It arrived **in tune**. I have never arrived anywhere in tune."),
    )),
    Question(LOAD, "bea", 45, "Two hives, 38 kg each, forty thousand passengers 🐝", """
Moving two hives from one roof to another, 6 km, one tram crossing. Punt and Raft. What goes where, and how do I keep the frames from swinging? If it goes wrong I will be in the newspaper.
""", "bees, trailer", "Raft", answers=(
        Answer("emil", 5, """
Moved eleven last spring. Both hives onto the **Raft**, none on the Punt: high weight with a temper does not belong behind your back.

- Frames **lengthwise**, in the direction of travel: braking then pushes along the comb, not against its flat side.
- Frames pinched with a wedge of foam above, entrance closed with mesh *after* the last forager is home, so at dusk, and mesh on top for air.
- One ratchet strap each, round hive *and* trailer, over boards at the edges. A second one across both. Then kick it, gently. Nothing should answer.
- 12 km/h, tram rails at a right angle, and ride before sunrise. Cool bees are polite bees.

Let them settle ten minutes before you open. Then open from behind and go away briskly.
""", ("bea", "finn", "katya", "ruth"), True),
        Answer("bea", 60, "Not in the newspaper! Forty thousand arrived, one (1) was cross, and it was I who sat on her 🍯"),
        Answer("wout", 61, "Pinned to my heart: *cool bees are polite bees*.", ("emil", "bea")),
    )),
    Question(LOAD, "katya", 35, "A dog who jumps out as soon as she sees geese", """
Otherwise an excellent passenger. At 20 km/h it is no longer funny. Short lead to the box? I am a trainer and I am asking strangers, you may laugh now.
""", "dogs, safety", "Barge", answers=(
        Answer("priya", 6, """
As a vet I have sewn the other solution together, so: **never a lead to the collar.** If she jumps, she hangs.

A padded chest harness, and *two* short straps (25 cm) from its back ring to the left and right of the box floor. She can stand, turn and lie down but her chest cannot
pass the edge. A rubber mat, because a dog that slips wants to leave. And a lid of mesh for the weeks of the goslings.

Then teach her the box while it stands: ten days, dinner in the box, goose on video. You know this part better than I.
""", ("katya", "sanne", "emil", "selma"), True),
        Answer("katya", 52, "Two straps, rubber mat. Dinner in the box with geese on the telephone. She now watches geese as one watches television."),
    )),
    Question(LOAD, "adebayo", 14, "How do I stop 60 litres of pepper soup from sloshing?", """
Two 30-litre pots, lids on, rubber bands, a prayer. Every braking is a small tsunami, and Park Street smells of me. There must be a trick.
""", "soup, liquids", "Barge", answers=(
        Answer("nadia", 3, """
Liquid dough taught me this. It is not the lid, it is the *empty space*:

1. **Fill them to the brim or not at all.** Six litres of air is a swimming pool for soup. Three 20-litre pots, full, slosh less than two of 30, not full.
2. Where there must be air: a round of baking parchment, or a floating wooden cross like milk carriers have on their buckets. It breaks the wave.
3. Clamp lids with a silicone seal, and the pots **over the front axle, tight together**, foam between.
4. Freeze the last two litres and put them on top as a lid of ice. It melts into lunch.

And brake early. Soup has no belt.
""", ("adebayo", "matteo", "piet", "clara", "ruth"), True),
        Answer("adebayo", 27, "Full pots, wooden crosses, and a lid of frozen soup. Not one drop. The dogs of Park Street look for me in vain.", ("nadia",)),
        Answer("wout", 29, "“Soup has no belt” goes on the wall of this forum."),
    ), drawing=Drawing("market", "golden", 735, "barge", "bread", "wide"), alt="A Barge loaded with crates between market stalls in low golden sun."),
    Question(LOAD, "carla", 30, "Flowers in the wind: cover or speed limit?", """
At 25 km/h the sweet peas arrive looking like after a party. A tarpaulin crushes them, slow costs me two deliveries. What do gardeners do?
""", "plants, wind", "Tug", answers=(
        Answer("emil", 9, "Neither: a **windbreak in front**, not a cover on top. A sheet of clear polycarbonate, 60 cm high, tilted back 30°, across the front of the deck. The air goes over it and leaves a calm pocket about three times as long as the sheet is high. Stems wet, paper sleeves up to the lowest bloom, tallest at the back near you. And never leave them in the black box in the sun, that is worse than any wind.", ("carla", "amelie", "finn"), True),
        Answer("carla", 100, "Three times as long, exactly! I held a ribbon over it. The sweet peas arrive *sober*."),
    )),
    Question(LOAD, "elif", 104, "Asleep in the box: what keeps the head up?", """
Our daughter (3) falls asleep within four minutes of any ride and her head goes left, right, left, in the helmet. It looks awful. Is it?
""", "children, sleep", "Skiff", answers=(
        Answer("sanne", 5, "Twins here, so double experience. What helped: lean the seat **back** by tilting the bench's rear screws out one notch; a helmet with a *flat* back so it does not push the chin down; and a rolled towel on both sides, up to the ear. Then stop for a look now and then. And a quiet road: it is bumps that do it, not bends.", ("elif", "luca", "clara"), True),
        Answer("elif", 20, "One notch and two towels. She sleeps like in a painting, and I take the long way home."),
    )),
    Question(LOAD, "sven", 18, "A ladder of 3.20 m on a bike of 2.80 m", """
Three sections, 3.20 m folded, 19 kg. On top of the box it swings, beside the box I mow down pedestrians. Where do you put such a thing?
""", "ladder, long loads", "Tug", answers=(
        Answer("mirko", 4, """
Left side, on edge, low. Never on top.

- Two hooks bolted to the deck's edge, **42 cm above the ground**, lined with old tube; ladder on edge in them, steps outwards, so nothing can snag a coat.
- Let it start 10 cm *behind* the front wheel's circle, or you will not be able to steer left. Turn the bar fully both ways before you ride!
- The rest sticks out at the back: about 55 cm. Red flag by day, red light by night, and check what your road code allows; often it is one metre.
- Counterweight: 40 litres of water on the right. You have got those anyway.
- Strap in **front and back**, and a third that keeps it from sliding forward when you brake. That is the one people forget. Once.
""", ("sven", "giorgos", "tomasz", "henrik"), True),
        Answer("sven", 30, "Water right, ladder left: it rides straight as a letter. I had been fighting that swing for a year."),
    )),
    Question(LOAD, "amelie", 9, "Goat cheese, 34 °C, two hours, no plug", """
Forty kilos of fresh cheese for the Saturday market. Ice packs wet the paper, dry ice frightens customers. How do you keep things between 4 and 8 degrees without electricity?
""", "cooling, market", "Tug", answers=(
        Answer("nadia", 5, """
Butter croissants, same enemy. What works for me up to 35 °C and four hours:

- Box of 5 cm XPS board, white outside, joints taped. **Cool the box overnight**, empty, lid open in the cold room: half of the ice normally goes into cooling the box itself.
- Ice packs of **+3 °C** (the blue ones for pharmacies), not of −18. They neither freeze the rind nor sweat: no drops on the paper.
- On the *lid*, not below: cold falls. A rack between, two fingers of air.
- Thermometer with a wire through the lid, so that you look without opening.

My log of last August: 5.1 °C at six, 7.2 °C at eleven.
""", ("amelie", "adebayo", "matteo", "carla"), True),
        Answer("amelie", 47, "6.8 at noon, dry paper, goats proud. I did not know that packs of +3 exist!"),
    )),
    Question(LOAD, "yusuf", 140, "The heaviest, longest, silliest thing you have ever moved", """
I begin: an upright piano, 214 kg, on a Tug **with** Raft **and** Friederike pushing, 900 metres. We do not recommend it. The piano's owner played all the way (standing, walking backwards). Your turn.
""", "stories", format="discussion", thanks=("kofi", "oskar", "wout", "finn"), answers=(
        Answer("oskar", 3, "I tuned that piano afterwards. It needed it.", ("yusuf", "friederike", "wout")),
        Answer("amelie", 9, "A goat. She was not asked and gave her opinion along the whole lake.", ("katya", "emil")),
        Answer("giorgos", 20, "A bathtub, cast iron. I arrived with it on my bike and the customer said: ah, where is the second man? I was the second man too.", ("yusuf", "tomasz")),
        Answer("tove", 26, "Officially, 180 kg is what the Tug is made for. Unofficially I have watched the piano video eleven times.", ("yusuf", "friederike", "kofi")),
        Answer("finn", 44, "A wardrobe, at night, for love. The love did not last. The wardrobe is great 🌻", ("bea",)),
    )),
    Question(LOAD, "noa", 3.1, "Rain cover: dripping on the inside", """
Two children breathe, the cover is closed, and after ten minutes it rains *inside*. Left open at the front they are wet too. Is there a trick with the vents, or do yours simply breathe less?
""", "rain, children", "Punt"),
)
