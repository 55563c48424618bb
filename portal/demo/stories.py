"""Ten stories: who somebody is, what they tried, what came of it."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Shot, Tale

STORIES = (
    Tale("nadia", 19, "180 loaves, 5 in the morning, no van", """
I have a bakery in the old town of Ghent. Nine cafés and two schools get their bread before seven. For six years a van did that, and the van and I hated each other: 41 minutes for the tour, of which 19 were looking for somewhere to stop.
Then the city closed four streets of it. My accountant said I should raise prices. My knees said I should not carry crates from the next square.
""", """
I borrowed a Barge for two weeks, in February, to prove that it would not work. On the third day I noticed that I was in front of each door. On the fifth I had time for a coffee at the fourth café, which had never seen me sit.

What I changed: crates of 8 kg instead of 15, so that I lift without my back. Reflective tape round the whole box. The tour runs *backwards* now, the hill first, while the batteries and I are fresh.
""", """
**The tour takes 27 minutes instead of 41**, and I have counted it for a year: 180 loaves, 11 stops, 3 punctures, not one late school. The van cost me 6,240 euros a year. The Barge cost 710 last year, tyres and current included.

What I would tell somebody like me: borrow it in the worst month. If it works in February, it works.
""", "Baker", "Deliver before seven", "Barge", (
        Shot(Drawing("street", "dawn", 301, "barge", "bread", "grand"), "A Barge loaded with three crates of bread rides past town houses in the pink light of early morning."),
        Shot(Drawing("canal", "night", 302, "barge", "bread", "portrait", flip=True), "The same bike by the canal at night, lit windows reflected in the water."),
    ), "delivery, winter", ("piet", "adebayo", "matteo", "amelie", "clara", "ilse"), (
        Answer("piet", 9, "I am the fourth café's neighbour. I can confirm the coffee.", ("nadia",)),
        Answer("tim", 30, "The 19 minutes of looking for somewhere to stop… I had never counted that in my own rounds. I have now. It is 22."),
    )),
    Tale("sanne", 57, "Twins, a headwind, and nobody crying before eight", """
Our twins go to nursery on the other side of Groningen, I work at the hospital in between. Two child seats on one bike is against the law and against physics. With the car we stood in the same queue for 25 minutes each morning, and all three of us cried, taking turns.
""", """
We wanted the Punt because it is cheaper, and then noticed that the twins *hit each other* when one sits behind the other. In the Skiff's box they sit side by side and hold hands, or at least hold the same biscuit.

I practised with potting soil. I lowered the tyre pressure. I put a small mirror on the box's rim so that I see them and they see me.
""", """
**17 minutes, door to door, in any traffic, since there is none.** In the first year we drove 3,100 km and sold the second car: 212 euros a month that are now called "holiday". They have cried on the bike twice, once over a swan.
""", "Nurse and parent of twins", "Both twins dry at nursery", "Skiff", (
        Shot(Drawing("canal", "spring", 311, "skiff", "children", "grand"), "A Skiff with two children in its box rides along a canal with tall houses, in spring."),
    ), "children, commute", ("elif", "clara", "luca", "hanneke", "hana"), (
        Answer("clara", 12, "The biscuit convinced my husband. Thank you."),
    )),
    Tale("yusuf", 33, "A flat of 54 square metres, moved in one trip", """
People who move within a quarter in Berlin rent a van for a day, park it badly, and pay for it twice. I drove such vans for nine years. My back is 38 and looks 60. I wanted a firm that people smile at.
""", """
Three Tugs, two Rafts, four people. The trick is not strength, it is *order*: heavy and low first, the mattress upright as a wall behind the rider's back, lamps and plants on the last bike with the best rider. Friederike built fork rests for washing machines. We only take moves of up to four kilometres.

It took us a year to learn to say no to pianos. See the forum.
""", """
**In our third year we did 312 moves, 290 of them in a single trip**, average distance 2.4 km, and nobody has been off with a bad back since the first spring. A move costs our customers about a third less than with a van, because there is nothing to park.
""", "Mover", "Move a two-room flat in one trip", "Tug", (
        Shot(Drawing("street", "summer", 321, "tug", "chair", "grand"), "A Tug carries a red armchair and a floor lamp along a sunny street."),
        Shot(Drawing("street", "rain", 322, "tug", "parcels", flip=True), "A Tug with boxes stacked on its deck in the rain, street lamps lit."),
    ), "moving, berlin", ("friederike", "oskar", "wout", "tim", "jonas_k"), ()),
    Tale("priya", 81, "Twenty minutes to any cat in Vienna", """
I do house calls. Cats hide when they hear a car door, I swear it. In my old Corsa I spent more of the day behind trams than beside patients, and in the ninth district I parked so far away that I might as well have walked from home.
""", """
A Skiff, with a drawer for instruments under a padded box for patients. My first worry was stairs; my second was theft, so the drawer comes out and comes with me. My third was what people would say. They say: “oh, how lovely, do come in”, and the cat is still on the sofa because nobody heard me.
""", """
**From 6.5 to 9 visits a day**, with the same hours. My longest way, Döbling to Favoriten, takes 34 minutes; nearly everything else is below 20. I have spent 212 euros on parking since 2022. All of it on the one day when I lent the bike to my sister.
""", "Vet", "Reach every patient in twenty minutes", "Skiff", (
        Shot(Drawing("street", "spring", 331, "skiff", "dog", "grand"), "A dog looks over the rim of a Skiff's box, town houses in spring behind."),
    ), "house calls, animals", ("katya", "aoife", "delphine", "tim"), ()),
    Tale("leonie", 102, "The school bus with three wheels", """
Swimming lessons are part of the timetable. The pool is 2.3 km away. The coach cost 96 euros each time, so we went every other week, and half of my class could not swim at ten.
""", """
The parents' association bought a Barge. Four children ride, the others walk with my colleague, and we change over at the bridge. Benno painted numbers on the seats, a first-grader inspects the belts.

The hard part was not the children, it was the paper: insurance, a letter from every parent, a talk with the police officer who teaches cycling. He asked whether he might try it.
""", """
**We go every week now: 38 lessons instead of 19.** This summer 23 of 26 children got their first badge. The Barge was paid off after fourteen months of no coach, and it fetches the vegetables for the canteen on Fridays.
""", "Primary school", "Swimming lessons without a coach", "Barge", (
        Shot(Drawing("bridge", "summer", 341, "barge", "children", "wide"), "A Barge with two children crosses a stone bridge over a wide river in summer."),
    ), "school, children", ("benno", "ruth", "ilse", "clara", "selma"), (
        Answer("ilse", 20, "38 instead of 19 is on slide five now.", ("leonie",)),
    )),
    Tale("emil", 127, "A garden firm without a diesel engine", """
I took over my uncle's firm with two vans, a chipper and a debt. In the narrow parts of Aarhus we carried hedge clippings 200 metres to the van, in bags, uphill. Twenty bags a garden. The young ones left after one season.
""", """
One van had to go anyway. I bought a Tug and, half a year later, a second one, for everybody who was willing to try. We cut differently now: clippings are chipped on the spot and go back under the hedge, which the hedge likes. What must leave goes on the deck in two crates that the tip lifts off whole.
""", """
**Fuel went from 5,900 to 1,150 euros a year**, and we do five gardens a day instead of four, since nobody carries bags to a van. The same three people have been with me for two seasons. One of them left cars altogether; I did not tell him to.
""", "Gardener", "A garden firm without a diesel engine", "Tug", (
        Shot(Drawing("garden", "spring", 351, "tug", "plants", "grand"), "A Tug full of flowering pots beside an allotment with a shed."),
        Shot(Drawing("hills", "autumn", 352, "tug", "fir", "wide"), "A fir tree lies on the deck of a Tug, hills in autumn colours behind."),
    ), "garden, cost", ("carla", "bea", "finn", "mei", "tomasz"), ()),
    Tale("gustav", 166, "My wife has not seen the inside of a bus since 2021", """
Birgitta's hip does not do buses any more: the step, the wait, the standing. We had stopped going out in the evening without ever deciding it. I noticed when the opera wrote to ask whether we were still alive.
""", """
I had sketched a tricycle of my own. Then I saw that somebody had built it, and better, which is a hard thing for an engineer to write. I added a seat from a rowing boat, a hot-water bottle holder (3D-printed, drawing on request) and a bell that Birgitta operates. She is in charge of the bell.
""", """
**61 evenings out in the first year, after 4 in the year before.** 2.1 km to the opera, eleven minutes, parked beside the stage door because the porter likes the bell. My blood pressure is down from 150 to 132, says a doctor who did not believe it was the singing.
""", "Retired engineer", "Outings for two with three good knees", "Barge", (
        Shot(Drawing("street", "snow", 361, "barge", "balloons", "grand"), "A Barge decorated with balloons passes snow-covered houses with lit windows."),
    ), "age, evenings", ("ruth", "selma", "hanneke", "wout", "marit", "ingrid"), (
        Answer("ruth", 30, "I want the hot-water bottle holder. Drawing, please!", ("gustav",)),
        Answer("gustav", 32, "Sent. Print it in PETG, PLA goes soft. I found out during the second act."),
    )),
    Tale("aoife", 209, "The baby does not wait for the ferry traffic", """
I am a midwife on the west coast. My district is 19 km long and one road wide. In summer that road is full of caravans looking at the sea. I once attended a birth by telephone from behind a caravan called *Freedom*.
""", """
For the near half of the district I ride a Punt now, and keep the car for the islands' ferry. Bag on the bench, oxygen in the pannier frame, rain gear always on. I tested all my ways at night first, with a stopwatch and a neighbour's greyhound.
""", """
**31 births by bicycle, none by telephone.** In July and August I am on average 14 minutes faster than by car within ten kilometres. I sleep worse, but that is the job, and I sleep the rest of it like a stone.
""", "Midwife", "Be there before the baby", "Punt", (
        Shot(Drawing("coast", "dawn", 371, "punt", "", "grand"), "A Punt on the coast road at dawn, a lighthouse on the cape, sails on the sea."),
        Shot(Drawing("coast", "golden", 372, "punt", "", "portrait", flip=True), "The same road in the evening sun."),
    ), "house calls, night", ("hanneke", "priya", "marit", "noa", "clara"), ()),
    Tale("mirko", 248, "41,000 kilometres, written down", """
I was a courier with a rucksack, 25 kg on my spine, 40 stops a day. At 33 my doctor showed me a picture of my back and asked which building it was.
""", """
One Tug, bought with a loan that was larger than my savings. I have written down every kilometre and every euro since the first day, because I wanted to know when to stop if it went wrong. It did not go wrong. It went *boring*, which is what you want from a vehicle.
""", """
Over four years: **41,000 km, 11.4 cents per kilometre, all in**: tyres 1,210 €, pads and discs 940 €, belts 430 €, two batteries 1,480 €, current 390 €, and one wheel that met a tram. A van on the same tours, by the figures of my former boss: 48 cents. And my back looks like a back.
""", "Courier", "Deliver a whole tour on one charge", "Tug", (
        Shot(Drawing("street", "dusk", 381, "tug", "parcels", "grand"), "A Tug with parcels rides through violet dusk, windows lit."),
    ), "cost, measurements", ("kofi", "jana", "tomasz", "giorgos", "sven", "jonas_k", "tim"), (
        Answer("jonas_k", 5200, "11.4 cents is the number I needed for our board. May I use it?"),
        Answer("mirko", 5206, "Of course. Say that it includes the tram."),
    )),
    Tale("amelie", 25, "Two markets, forty kilos of cheese, one lake", """
I make goat cheese above Annecy. Saturday and Tuesday are market days, 14 km along the lake, and the van drank more than I earned on a rainy Tuesday. Besides, one cannot park at our market any more, one can only unload and be shouted at.
""", """
A Tug with a white box that I built over a winter, with much advice from here. The ice packs of +3 °C changed everything, and so did the discovery that the bike *is* the stall: lid up, board out, done. I ride down in the morning, light on the brakes and heavy on the cheese, and up in the evening with the money.
""", """
**Set-up takes 9 minutes instead of 45, and I sell about a fifth more**, since people cross the square to ask about the bike and leave with a Tomme. I have cancelled one Tuesday in two seasons: hail.
""", "Cheesemaker", "Two markets a week without the van", "Tug", (
        Shot(Drawing("mountains", "summer", 391, "tug", "parcels", "grand"), "A Tug loaded with boxes on a road below snowy peaks and firs."),
        Shot(Drawing("market", "spring", 392, "tug", "plants", "square"), "Market stalls with striped awnings and bunting, a Tug in front."),
    ), "market, cooling", ("nadia", "adebayo", "carla", "ilse"), ()),
)
