"""Topics of the board Working by bike."""

from portal.demo.boards import WORK
from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(WORK, "giorgos", 84, "Customers laugh when the plumber comes by bicycle. For how long?", """
I have been at it for seven months. In the first week they laughed. In the second week they took pictures. Now two of them have asked what it costs. How was it for you, and what do you answer?
""", "customers", "Tug", format="discussion", thanks=("sven", "tomasz", "henrik"), answers=(
        Answer("tomasz", 8, "They laugh until the day the street is closed for a marathon and you are the only carpenter in Wrocław who arrives.", ("giorgos", "kofi", "sven", "emil")),
        Answer("henrik", 20, "For a chimney sweep laughing is part of the job. They touch the bike for luck now. I should charge for it.", ("giorgos", "wout")),
        Answer("carla", 31, "I answer: “the bride was on time, was she not?”", ("giorgos", "zofia")),
    )),
    Question(WORK, "kofi", 100, "Route planning with forty stops: what do you use?", """
Google thinks I am a car or a tourist. I need: 40 stops, time windows, no stairs, and it should know that the Speicherstadt is cobbled. Paper and a pencil still win. What do you do?
""", "routes, couriers", "Tug", format="discussion", answers=(
        Answer("mirko", 5, "Pencil for the order, machine for the legs. I sort the stops into six envelopes by quarter, in my head, then let an open routing engine with a *cargo bike* profile (60 cm wide, no steps, cobbles ×1.6) order each envelope. Sixty seconds. Doing all forty at once gives beautiful routes that ignore when the pharmacist has lunch.", ("kofi", "jana", "delphine", "aoife")),
        Answer("jana", 12, "At night there is only one rule: end near the bakery.", ("nadia", "kofi", "wout")),
        Answer("delphine", 50, "Six envelopes for six quarters works for books, too. I had tried to be clever with all forty."),
    )),
    Question(WORK, "henrik", 29, "Tools in the box overnight: who insures that?", """
Brushes, camera, ladder: about 3,800 euros, in a locked box, on a bicycle, in a yard. My household insurance says "is it a vehicle or a cupboard?" and I did not know what to answer.
""", "insurance, tools", "Punt", answers=(
        Answer("mirko", 7, """
Say: *tools of trade, in a locked container firmly fixed to the vehicle.* The magic words are "firmly fixed" and "locked".

What I learned after my own break-in, with two insurers:

- A household policy nearly always ends at the yard gate or excludes work. You want a **tool or transport policy**; mine is 118 € a year for 5,000 €.
- Ask three things in writing: is it covered *at night*, *outdoors*, *on a bicycle*? A yes on the telephone is a no.
- Photograph each tool with its serial number, once a year. Keep the receipts in the cloud, not in the box. (Yes.)
- Bolts with sheared heads for the box, hinges inside, lock with a shrouded shackle.
""", ("henrik", "sven", "giorgos", "zofia"), True),
        Answer("henrik", 52, "“Firmly fixed.” The lady on the phone audibly relaxed. 126 €, in writing, at night, outdoors, on a bicycle."),
    )),
    Question(WORK, "matteo", 118, "Coffee bike: permits for standing still", """
Moving is allowed, selling is allowed, but selling while *not moving* needs three offices. One wants to know my number of seats. I have one. I sit on it. How did you get through?
""", "permits, coffee", "Barge", answers=(
        Answer("adebayo", 9, "Bristol: street trading consent for one named spot, food registration 28 days before, gas certificate. And the sentence “I leave no trace bigger than a puddle” worked better than any form.", ("matteo",)),
        Answer("ilse", 26, "From the other side of the desk: ask for a meeting *with all three offices in one room*, bring a scaled drawing, and say when you will be gone each day. We say no to vagueness, seldom to coffee.", ("matteo", "adebayo", "amelie")),
        Answer("matteo", 200, "One room, one drawing, seven cups. I have the permit for Tuesdays and Thursdays."),
    )),
    Question(WORK, "piet", 3.4, "Is a Barge a vehicle or a tool in your books?", """
I bought it for 5,600, the accountant wants to write it off over five years like a van, my cousin says three like a machine, the internet says whatever I like. Other small firms: how is yours booked?
""", "bookkeeping", "Barge", answers=(
        Answer("nadia", 4, """
Ghent to Ghent: mine is in the books as *rolling stock*, five years, straight line, and the **battery apart** as a wearing part because it has its own invoice line.
So when the second battery came after three years it was simply a cost. The subsidy of the region is taken off the price first; that was the mistake in my first year.

Ask your accountant for exactly these two: separate line for the battery, subsidy before write-off. Then bring bread, it shortens everything.
""", ("piet", "adebayo"), True),
        Answer("piet", 22, "She said: “why did you not tell me that the battery had its own line?” Thank you, neighbour. I owe you a crate."),
    )),
    Question(WORK, "nadia", 161, "Bread at five: what makes you visible, honestly", """
I ride 320 days a year in the dark. I have tried most of what blinks. My ranking, with a friend in a car on the canal road who stopped when he saw me:

| what | seen from |
|---|--:|
| dark jacket, rear light only | 190 m |
| yellow vest | 140 m (yes, *less* than the light) |
| reflective tape along the whole edge of the box, 5 cm | 260 m |
| both, and tape on the **moving** parts: pedals, rims | 310 m |
| blinking disco | 330 m, but he could not say how far away I was |

Tape outlines: he saw at once that I am *wide*. It was 18 euros. Do it before you buy anything with a plug.
""", "lights, safety, measurements", "Barge", format="discussion", thanks=("aoife", "jana", "piet", "marit", "ruth", "leonie", "tim"), answers=(
        Answer("aoife", 4, "Did this today with white in front, red behind. A lorry gave me so much room that I looked round for the ambulance.", ("nadia",)),
        Answer("selma", 20, "At sea we say: be seen *and* be understood. A blinking thing is seen. An outline is understood.", ("nadia", "aoife", "gustav", "wout")),
    )),
    Question(WORK, "zofia", 12.5, "Lettering on the box: paint, foil, or magnets?", """
I want my name on the Skiff's box, birch plywood, lacquered, that still looks decent in three years. The foil man says foil, the sign painter says paint, and both look at me as if I had to choose a football club.
""", "lettering", "Skiff", answers=(
        Answer("emil", 6, "Paint, on plywood. Foil's edges lift where the wood moves (mine after one winter, and dirt draws a grey line round every letter). Lacquer sanded matt with 400 grit, one-shot enamel, two days each side, no clear coat on top. When a branch scratches it, you mend *one letter* with a small brush. Magnets need steel, and birch is famously not.", ("zofia", "mei"), True),
        Answer("zofia", 80, "Painted. By me. The Z is slightly in love with the O. I leave it."),
    )),
    Question(WORK, "adebayo", 8, "Six hours in the rain: which trousers survive a working day?", """
Not commuting, *working*. In and out of doors, kneeling, steam from above, rain from everywhere. I have drowned two pairs with impressive labels this year.
""", "rain, clothes", "Barge", answers=(
        Answer("mirko", 3, """
Forget breathable when you work: whatever breathes also leaks at the knees after a hundred days. Couriers here wear three things:

1. **Rain chaps** (only the legs, open at the back, clip to the belt), coated nylon, 35 €. On and off in twenty seconds at every door, and you do not cook.
2. Under them thin *wool* or fast-drying climbing trousers. Wet is fine. Wet and cold is not.
3. Gaiters over the shoes. Water runs down the leg and fills the best boot; a gaiter ends that.

Two pairs, one hanging by the oven while you wear the other. You have got an oven!
""", ("adebayo", "kofi", "sven"), True),
        Answer("kofi", 6, "Chaps. I said never. I was wrong by about two winters.", ("adebayo",)),
        Answer("adebayo", 70, "Ordered the chaps, wore them today, was mistaken for a cowboy. Dry cowboy."),
    )),
    Question(WORK, "ilse", 24, "Counting cargo bikes: would you share one week of rides?", """
For the planning of loading bays I need real tours: when, where, how long you stop. No names; times rounded to five minutes, places to the next crossing. Would you trust a city with that? What would you need to hear first?
""", "city, data", format="discussion", answers=(
        Answer("mirko", 10, "Yes, if the raw data is deleted after the report and we get the report first. We had one city that used it to write parking tickets.", ("ilse", "kofi")),
        Answer("mei", 15, "Round the starting point more than the rest, or everybody's home can be read from the map. 200 m circle, cut off.", ("ilse", "mirko", "marit")),
        Answer("ilse", 29, "Both written into the agreement, word for word. Thank you.", ("mei",)),
    )),
    Question(WORK, "sven", 1.7, "Baffles for a 40-litre water tank?", """
Same trouble as Ade's soup but I can't fill it to the brim, since I use it up as I go. Has anybody glued walls into a canister, or is there something one can throw in?
""", "liquids", "Tug", drawing=Drawing("street", "rain", 741, "tug", "tools"), alt="A Tug with ladder and canisters in front of wet town houses in the rain."),
)
