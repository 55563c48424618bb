"""Blog articles, second part."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Essay, Shot

ARTICLES = (
    Essay("ingrid", 148, "How the Barge got its tilt, and lost it again", "For two years we tried to teach three wheels to lean. Why we stopped, and what we kept of it.", """
Every few weeks somebody asks why the Barge does not lean into bends, when others do. We had one that did. It stands behind the stove, under a sheet.

**It was wonderful to ride.** Like skiing. Every person under forty-five got off with shining eyes.

**It was terrible to stop.** A thing that leans must be locked before it stands, and everybody forgets, once, with the children on board. We watched 31 people load potatoes. Nine of them dropped the bike, slowly, with great dignity.

So we asked what people do with a Barge, instead of what they would like to do. They stop. On average every 640 metres. They load, unload, wait, talk. A Barge is a *place* that moves now and then.

The version you know stands like a table and asks you to slow down before a bend. What we kept of the tilt is the long arm in the suspension: it is why your coffee survives the tram rails.

I still take the sheet off on Sundays sometimes, and go skiing.
""", (Shot(Drawing("workshop", "dusk", 205, "barge", "", "landscape", rider=False), "A Barge stands alone in the workshop at dusk, two lamps above it."),), "works, history", ("gustav", "ruth", "selma", "matteo", "mei", "hanneke"), (
        Answer("gustav", 9, "I would give a season ticket for one ride on the thing under the sheet.", ("ingrid", "wout")),
        Answer("ingrid", 26, "Second Saturday in June. Bring Birgitta and no potatoes.", ("gustav", "ruth", "selma")),
    )),
    Essay("kofi", 70, "A night at the harbour, by somebody who works there", "Between ten and four the Speicherstadt belongs to gulls, cleaners and us. A tour with forty parcels.", """
At ten the cranes are lit like Christmas and nobody looks at them. I load at the depot: big ones behind, urgent ones by my left hand, the one for the pharmacy in my jacket.

**Stop 4.** The night porter of the coffee exchange. He has been reading the same book since autumn and tells me one chapter a week. The captain is dead now. I had liked him.

**Stop 11.** Cobbles. I let half a bar out of the tyres before and put it back after; Jana laughs at me, but I have all of my teeth.

**Stop 19.** A woman who orders one light bulb every Tuesday. I have stopped asking.

**Stop 26.** It rains the way it can only rain here, from below. The display says 48 %. Motor on low, legs on high: you are either warm or fast.

**Stop 38.** The bakery. They open the back door at half past three for whoever knocks with the elbow. Two rolls, one for the gull that has been following me. He knows my schedule.

**Stop 40.** The sky over the Elbe gets a grey edge, and I ride home against all the people who are riding to work. They look as if they knew nothing.
""", (
        Shot(Drawing("canal", "night", 206, "tug", "parcels"), "A Tug with parcels by a canal at night, hundreds of windows mirrored in the water."),
        Shot(Drawing("canal", "dawn", 207, "tug", "", "portrait"), "The same quay at dawn, the deck empty."),
    ), "night, couriers", ("jana", "mirko", "nadia", "selma", "zofia", "wout", "delphine"), (
        Answer("delphine", 10, "Please find out what he is reading. I will bring him the sequel.", ("kofi", "wout", "jana")),
        Answer("kofi", 250, "*The Mirror of the Sea.* There is no sequel, he says. There is only the sea."),
        Answer("selma", 252, "Correct.", ("kofi", "gustav")),
    )),
    Essay("bea", 36, "Bees on board: a small manual 🐝", "What forty thousand passengers taught me about loading, patience, and tram rails.", """
I wrote down what Emil and the bees taught me, for whoever comes next.

1. **Travel cool.** Before sunrise, below 15 °C. A warm bee has plans.
2. **Close late.** The mesh goes on when the last one is home. Count to five hundred. Then one more comes.
3. **Frames point forward.** When you brake, the combs must be pushed along their length.
4. **Low and behind.** On the Raft, never above your rear wheel. If something opens, you want to be *ahead* of it.
5. **Two straps each.** If it moves when you kick it, do not ride. If it hums when you kick it, do not kick it again.
6. **Rails at a right angle.** Even if that means to get off. I get off. I have told the tram driver why. He waits now.
7. **Tell nobody on the pavement what is in the box.**

It takes me 38 minutes for six kilometres. I sing. It is for me, they have no ears.
""", (Shot(Drawing("hills", "dawn", 208, "punt", "", "wide", trailer=True), "A Punt pulls a Raft over a hill at dawn."),), "bees, trailer", ("emil", "finn", "katya", "ruth", "wout", "priya"), (
        Answer("emil", 7, "Number seven is from experience, yes?", ("bea",)),
        Answer("bea", 8, "A very *short* wedding party."),
        Answer("katya", 60, "“A warm bee has plans” is also true of puppies.", ("bea", "priya", "wout")),
    )),
    Essay("mei", 7, "Drawing a yard for nineteen bicycles", "Our housing cooperative had a yard for four cars. What we measured, what we got wrong, and the gate that saved it.", """
I draw houses for a living, so when our cooperative wanted to turn four parking spaces into room for bicycles, everybody looked at me. Here is what I would have liked to know.

**A cargo bike needs 2.6 by 0.9 metres, and then a metre to swear in.** I had drawn 0.7. You can't turn a Skiff on 0.7.

**Slopes above 6 % turn into waterfalls of bicycles.** Ours has 3 %, ending in a drain, not at the wall.

**Rings at two heights**: 30 cm for the frame of a cargo bike, 75 cm for all others. Round steel, 48 mm, cast into concrete. Screwed ones are decoration.

**One socket for each six bikes**, on a timer from ten to four, in steel, under the lamp, because what is lit is not stolen.

**The gate.** Everybody hates gates. We hung ours on a *rising hinge*: push with the front wheel, roll through, it falls shut behind you. 340 euros. It is the only part of my work that anybody has ever applauded.

Four cars stood there before, two of which moved. Now there are nineteen bicycles, a bench, and an argument about the bench.
""", (
        Shot(Drawing("street", "summer", 209, "skiff", "plants", "landscape", flip=True), "A Skiff loaded with plants in front of gabled houses in summer."),
        Shot(Drawing("canal", "summer", 210, "skiff", "children", "wide"), "A Skiff with two children on the quay of a canal."),
    ), "parking, city", ("ilse", "clara", "tim", "gustav", "luca"), (
        Answer("ilse", 12, "May I have the drawing of the hinge? For eleven yards.", ("mei",)),
        Answer("tim", 30, "“Room to swear in” should be in the building code."),
    )),
)
