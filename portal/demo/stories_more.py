"""The other five stories of the demo."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Shot, Tale

MORE = (
    Tale("emil", 127, "A garden firm without a diesel engine",
        who="""
I took over my uncle's garden firm in Aarhus, with two vans, a chipper and a debt.
""", hard="""
In the narrow parts of town we carried hedge clippings 200 metres to the van, in bags, uphill. Twenty bags a garden. The young ones left after one season.
""", tried="""
One van had to go anyway. I bought a Tug and, half a year later, a second one, for everybody who was willing to try. We cut differently now: clippings are chipped on the spot and go back under the hedge, which the hedge likes. What must leave goes on the deck in two crates that the tip lifts off whole.
""", changed="""
Fuel went from 5,900 to 1,150 euros a year, and we do five gardens a day instead of four, since nobody carries bags to a van. The same three people have been with me for two seasons. One of them left cars altogether; I did not tell him to.
""", advice="""
Change how you work before you change what you drive. The bike only shows you which of your habits belonged to the van.
""", figure="4,750 €", figure_says="a year that we no longer burn",
        quote="The bike only shows you which of your habits belonged to the van.",
        trade="Gardener", size="2-9", goal="A garden firm without a diesel engine", product="Tug", shots=(
        Shot(Drawing("garden", "spring", 351, "tug", "plants", "grand"), "A Tug full of flowering pots beside an allotment with a shed."),
        Shot(Drawing("hills", "autumn", 352, "tug", "fir", "wide"), "A fir tree lies on the deck of a Tug, hills in autumn colours behind.", after="changed"),
    ), tags="garden, cost", thanks=("carla", "bea", "finn", "mei", "tomasz")),
    Tale("gustav", 166, "My wife has not seen the inside of a bus since 2021",
        who="""
I was an engineer for forty years; now I am Birgitta's chauffeur, by my own request.
""", hard="""
Birgitta's hip does not do buses any more: the step, the wait, the standing. We had stopped going out in the evening without ever deciding it. I noticed when the opera wrote to ask whether we were still alive.
""", tried="""
I had sketched a tricycle of my own. Then I saw that somebody had built it, and better, which is a hard thing for an engineer to write. I added a seat from a rowing boat, a hot-water bottle holder (3D-printed, drawing on request) and a bell that Birgitta operates. She is in charge of the bell.
""", changed="""
61 evenings out in the first year, after 4 in the year before. 2.1 km to the opera, eleven minutes, parked beside the stage door because the porter likes the bell. My blood pressure is down from 150 to 132, says a doctor who did not believe it was the singing.
""", advice="""
Do not wait until you need it. We lost two years of evenings to the thought that we were not that old yet.
""", figure="61", figure_says="evenings out in the first year, after 4 in the year before",
        trade="Retired engineer", size="private", goal="Outings for two with three good knees", product="Barge", shots=(
        Shot(Drawing("street", "snow", 361, "barge", "balloons", "grand"), "A Barge decorated with balloons passes snow-covered houses with lit windows."),
    ), tags="age, evenings", thanks=("ruth", "selma", "hanneke", "wout", "marit", "ingrid"), answers=(
        Answer("ruth", 30, "I want the hot-water bottle holder. Drawing, please!", ("gustav",)),
        Answer("gustav", 32, "Sent. Print it in PETG, PLA goes soft. I found out during the second act."),
    )),
    Tale("aoife", 209, "The baby does not wait for the ferry traffic",
        who="""
I am a midwife on the west coast. My district is 19 km long and one road wide.
""", hard="""
In summer that road is full of caravans looking at the sea. I once attended a birth by telephone from behind a caravan called *Freedom*.
""", tried="""
For the near half of the district I ride a Punt now, and keep the car for the islands' ferry. Bag on the bench, oxygen in the pannier frame, rain gear always on. I tested all my ways at night first, with a stopwatch and a neighbour's greyhound.
""", changed="""
In July and August I am on average 14 minutes faster than by car within ten kilometres. I sleep worse, but that is the job, and I sleep the rest of it like a stone.
""", advice="""
Ride every way once at three in the morning, in the rain, with the heavy bag. What frightens you then is a list you can work through by daylight.
""", figure="31", figure_says="births by bicycle, none by telephone",
        trade="Midwife", size="1", goal="Be there before the baby", product="Punt", shots=(
        Shot(Drawing("coast", "dawn", 371, "punt", "", "grand"), "A Punt on the coast road at dawn, a lighthouse on the cape, sails on the sea."),
        Shot(Drawing("coast", "golden", 372, "punt", "", "portrait", flip=True), "The same road in the evening sun.", after="changed"),
    ), tags="house calls, night", thanks=("hanneke", "priya", "marit", "noa", "clara")),
    Tale("mirko", 248, "41,000 kilometres, written down",
        who="""
I was a courier with a rucksack: 25 kg on my spine, 40 stops a day.
""", hard="""
At 33 my doctor showed me a picture of my back and asked which building it was.
""", tried="""
One Tug, bought with a loan that was larger than my savings. I have written down every kilometre and every euro since the first day, because I wanted to know when to stop if it went wrong. It did not go wrong. It went *boring*, which is what you want from a vehicle.
""", changed="""
Over four years: **41,000 km**: tyres 1,210 €, pads and discs 940 €, belts 430 €, two batteries 1,480 €, current 390 €, and one wheel that met a tram. A van on the same tours, by the figures of my former boss: 48 cents. And my back looks like a back.
""", advice="""
Write it down from the first day. In a year you will be asked what it costs, and the one who asks will be you.
""", figure="11.4 cents", figure_says="for a kilometre, all in, the tram included",
        quote="It went boring, which is what you want from a vehicle.",
        trade="Courier", size="1", goal="Deliver a whole tour on one charge", product="Tug", shots=(
        Shot(Drawing("street", "dusk", 381, "tug", "parcels", "grand"), "A Tug with parcels rides through violet dusk, windows lit."),
    ), tags="cost, measurements", thanks=("kofi", "jana", "tomasz", "giorgos", "sven", "jonas_k", "tim"), answers=(
        Answer("jonas_k", 5200, "11.4 cents is the number I needed for our board. May I use it?"),
        Answer("mirko", 5206, "Of course. Say that it includes the tram."),
    )),
    Tale("amelie", 25, "Two markets, forty kilos of cheese, one lake",
        who="""
I make goat cheese above Annecy. Saturday and Tuesday are market days, 14 km along the lake.
""", hard="""
The van drank more than I earned on a rainy Tuesday. Besides, one cannot park at our market any more, one can only unload and be shouted at.
""", tried="""
A Tug with a white box that I built over a winter, with much advice from here. The ice packs of +3 °C changed everything, and so did the discovery that the bike *is* the stall: lid up, board out, done. I ride down in the morning, light on the brakes and heavy on the cheese, and up in the evening with the money.
""", changed="""
I sell about a fifth more, since people cross the square to ask about the bike and leave with a Tomme. I have cancelled one Tuesday in two seasons: hail.
""", advice="""
Build the box in winter and ask here before you cut. Everything I got wrong, somebody here had got wrong before me, and told me so with photographs.
""", figure="9 min", figure_says="to set up the stall, instead of 45",
        quote="I ride down in the morning, light on the brakes and heavy on the cheese, and up in the evening with the money.",
        trade="Cheesemaker", size="1", goal="Two markets a week without the van", product="Tug", shots=(
        Shot(Drawing("mountains", "summer", 391, "tug", "parcels", "grand"), "A Tug loaded with boxes on a road below snowy peaks and firs."),
        Shot(Drawing("market", "spring", 392, "tug", "plants", "square"), "Market stalls with striped awnings and bunting, a Tug in front.", after="tried"),
    ), tags="market, cooling", thanks=("nadia", "adebayo", "carla", "ilse")),
)  # fmt: skip
