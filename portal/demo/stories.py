"""Five of ten stories: who somebody is, what was hard, what they tried, what changed, what they would tell others."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Shot, Tale
from portal.demo.stories_more import MORE

STORIES = (
    Tale("nadia", 19, "180 loaves, 5 in the morning, no van",
        who="""
I have a bakery in the old town of Ghent, with one helper and a rye that wants to be watched. Nine cafés and two schools get their bread before seven.
""", hard="""
For six years a van did that, and the van and I hated each other: 41 minutes for the tour, of which 19 were looking for somewhere to stop.

Then the city closed four streets of it. My accountant said I should raise prices. My knees said I should not carry crates from the next square.
""", tried="""
I borrowed a Barge for two weeks, in February, to prove that it would not work. On the third day I noticed that I was in front of each door. On the fifth I had time for a coffee at the fourth café, which had never seen me sit.

What I changed: crates of 8 kg instead of 15, so that I lift without my back. Reflective tape round the whole box. The tour runs *backwards* now, the hill first, while the batteries and I are fresh.
""", changed="""
The tour takes 27 minutes instead of 41, and I have counted it for a year: 180 loaves, 11 stops, 3 punctures, **not one late school**. The van cost me 6,240 euros a year. The Barge cost 710 last year, tyres and current included.
""", advice="""
Borrow it in the worst month. If it works in February, it works, and nobody has to convince you of anything.
""", figure="14 min", figure_says="saved on every tour, six days a week, since the van is gone",
        quote="If it works in February, it works, and nobody has to convince you of anything.",
        trade="Baker", size="2-9", goal="Deliver before seven", product="Barge", shots=(
        Shot(Drawing("street", "dawn", 301, "barge", "bread", "grand"), "A Barge loaded with three crates of bread rides past town houses in the pink light of early morning."),
        Shot(Drawing("canal", "night", 302, "barge", "bread", "portrait", flip=True), "The same bike by the canal at night, lit windows reflected in the water.", after="tried"),
    ), tags="delivery, winter", thanks=("piet", "adebayo", "matteo", "amelie", "clara", "ilse"), answers=(
        Answer("piet", 9, "I am the fourth café's neighbour. I can confirm the coffee.", ("nadia",)),
        Answer("tim", 30, "The 19 minutes of looking for somewhere to stop… I had never counted that in my own rounds. I have now. It is 22."),
    )),
    Tale("sanne", 57, "Twins, a headwind, and nobody crying before eight",
        who="""
I am a nurse in Groningen and the mother of twins. Their nursery is on the other side of town, the hospital is in between.
""", hard="""
Two child seats on one bike is against the law and against physics. With the car we stood in the same queue for 25 minutes each morning, and all three of us cried, taking turns.
""", tried="""
We wanted the Punt because it is cheaper, and then noticed that the twins *hit each other* when one sits behind the other. In the Skiff's box they sit side by side and hold hands, or at least hold the same biscuit.

I practised with potting soil. I lowered the tyre pressure. I put a small mirror on the box's rim so that I see them and they see me.
""", changed="""
Seventeen minutes, door to door, in any traffic, since there is none. In the first year we drove 3,100 km and sold the second car: 212 euros a month that are now called “holiday”. They have cried on the bike twice, once over a swan.
""", advice="""
Take the biscuit with you to the test ride. Not for yourself: how two children share one biscuit in the box tells you more than any data sheet.
""", figure="17 min", figure_says="from door to door with both twins, in any traffic",
        trade="Nurse and parent of twins", size="private", goal="Both twins dry at nursery", product="Skiff", shots=(
        Shot(Drawing("canal", "spring", 311, "skiff", "children", "grand"), "A Skiff with two children in its box rides along a canal with tall houses, in spring."),
    ), tags="children, commute", thanks=("elif", "clara", "luca", "hanneke", "hana"), answers=(
        Answer("clara", 12, "The biscuit convinced my husband. Thank you."),
    )),
    Tale("yusuf", 33, "A flat of 54 square metres, moved in one trip",
        who="""
I moved other people's furniture in Berlin for nine years, in vans. My back is 38 and looks 60.
""", hard="""
People who move within a quarter rent a van for a day, park it badly, and pay for it twice. I wanted a firm that people smile at.
""", tried="""
Three Tugs, two Rafts, four people. The trick is not strength, it is *order*: heavy and low first, the mattress upright as a wall behind the rider's back, lamps and plants on the last bike with the best rider. Friederike built fork rests for washing machines. We only take moves of up to four kilometres.

It took us a year to learn to say no to pianos. See the forum.
""", changed="""
In our third year we did 312 moves, **290 of them in a single trip**, average distance 2.4 km, and nobody has been off with a bad back since the first spring. A move costs our customers about a third less than with a van, because there is nothing to park.
""", advice="""
Decide what you do not carry before the first customer calls. We lost a year and one piano stool to being polite.
""", figure="290 of 312", figure_says="moves in a single trip, in our third year",
        quote="The trick is not strength, it is order.",
        trade="Mover", size="2-9", goal="Move a two-room flat in one trip", product="Tug", shots=(
        Shot(Drawing("street", "summer", 321, "tug", "chair", "grand"), "A Tug carries a red armchair and a floor lamp along a sunny street."),
        Shot(Drawing("street", "rain", 322, "tug", "parcels", flip=True), "A Tug with boxes stacked on its deck in the rain, street lamps lit.", after="tried"),
    ), tags="moving, berlin", thanks=("friederike", "oskar", "wout", "tim", "jonas_k")),
    Tale("priya", 81, "Twenty minutes to any cat in Vienna",
        who="""
I am a vet, and I do house calls. Cats hide when they hear a car door, I swear it.
""", hard="""
In my old Corsa I spent more of the day behind trams than beside patients, and in the ninth district I parked so far away that I might as well have walked from home.
""", tried="""
A Skiff, with a drawer for instruments under a padded box for patients. My first worry was stairs; my second was theft, so the drawer comes out and comes with me. My third was what people would say. They say: “oh, how lovely, do come in”, and the cat is still on the sofa because nobody heard me.
""", changed="""
From 6.5 to 9 visits a day, with the same hours. My longest way, Döbling to Favoriten, takes 34 minutes; nearly everything else is below 20. I have spent 212 euros on parking since 2022. All of it on the one day when I lent the bike to my sister.
""", advice="""
Count your visits for a month before you buy anything. I would not have believed the difference, and neither would my tax adviser.
""", figure="9", figure_says="visits a day instead of 6.5, with the same hours",
        trade="Vet", size="1", goal="Reach every patient in twenty minutes", product="Skiff", shots=(
        Shot(Drawing("street", "spring", 331, "skiff", "dog", "grand"), "A dog looks over the rim of a Skiff's box, town houses in spring behind."),
    ), tags="house calls, animals", thanks=("katya", "aoife", "delphine", "tim")),
    Tale("leonie", 102, "The school bus with three wheels",
        who="""
I teach at a primary school. Swimming lessons are part of the timetable; the pool is 2.3 km away.
""", hard="""
The coach cost 96 euros each time, so we went every other week, and half of my class could not swim at ten.
""", tried="""
The parents' association bought a Barge. Four children ride, the others walk with my colleague, and we change over at the bridge. Benno painted numbers on the seats, a first-grader inspects the belts.

The hard part was not the children, it was the paper: insurance, a letter from every parent, a talk with the police officer who teaches cycling. He asked whether he might try it.
""", changed="""
We go every week now. This summer **23 of 26 children** got their first badge. The Barge was paid off after fourteen months of no coach, and it fetches the vegetables for the canteen on Fridays.
""", advice="""
Do the paper first, all of it, and let the police officer ride. After that nobody asks you a single question.
""", figure="38", figure_says="swimming lessons a year instead of 19",
        trade="Primary school", size="10-49", goal="Swimming lessons without a coach", product="Barge", shots=(
        Shot(Drawing("bridge", "summer", 341, "barge", "children", "wide"), "A Barge with two children crosses a stone bridge over a wide river in summer."),
    ), tags="school, children", thanks=("benno", "ruth", "ilse", "clara", "selma"), answers=(
        Answer("ilse", 20, "38 instead of 19 is on slide five now.", ("leonie",)),
    )),
    *MORE,
)  # fmt: skip
