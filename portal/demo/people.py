"""The people: staff, moderators, customers, and some who are still making up their minds."""

from portal.demo import neighbours
from portal.demo.shapes import Person

SCHOOL, MOVERS, COURIERS = "Waldkauz Primary School", "Leichtgepäck Movers", "Hafenpost Couriers"

STAFF = (
    Person("ingrid", "Ingrid Maas", "Lauenstrand", "Started Ferrywright in a shed with one welding torch. The shed is still there.", 1400, "Founder", roles=("admin", "employee"), customer=False, face=2, style="bun"),
    Person("tove", "Tove Lindqvist", "Lauenstrand", "Runs the Ferrywright workshop. If it creaks, I have heard it before.", 1390, "Workshop, Ferrywright", roles=("employee",), customer=False, face=15, style="helmet"),
    Person("dario", "Dario Fontana", "Lauenstrand", "Motors, batteries and cables at Ferrywright. Speaks fluent error code.", 1100, "Electronics, Ferrywright", roles=("employee",), customer=False, face=16),
    Person("wout", "Wout Okafor", "Antwerp", "Moderates in the mornings, before the twins wake up.", 1210, "Librarian", "rides a Punt since 2021", "Never own a second car", roles=("moderator",), face=6),
    Person("selma", "Selma Brandt", "Kiel", "Moderates in the evenings, with tea. Ask me about hub gears or about herring.", 1050, "Ferry captain, retired", "rides a Barge since 2022", "Get the grandchildren to the beach", roles=("moderator",), face=10, style="bob"),
)

HELPERS = (
    Person("hanneke", "Hanneke de Groot", "Utrecht", "Three children, eleven years behind a workbench, one bike that does it all.", 1290, "Bike mechanic, now a parent", "rides a Skiff since 2020", "School, shops and swimming without a car", face=12, style="bun"),
    Person("mirko", "Mirko Saller", "Leipzig", "41,000 km on one Tug. I have broken everything at least once, so you need not.", 980, "Courier", "rides a Tug since 2021", "Deliver a whole tour on one charge", face=21, style="beard"),
    Person("nadia", "Nadia Haddad", "Ghent", "Bread at five in the morning, on three wheels, in any weather.", 860, "Baker", "rides a Barge since 2022", "Deliver 180 loaves before seven", face=11, style="long"),
    Person("emil", "Emil Thorsen", "Aarhus", "Hedges, roses, bees. Everything I plant has been on my bike first.", 790, "Gardener", "rides a Tug since 2022", "A garden firm without a diesel engine", face=10, style="beard"),
)

TRADES = (
    Person("tomasz", "Tomasz Wilk", "Wrocław", "I build kitchens and bring them in person.", 720, "Carpenter", "rides a Tug since 2022", "Leave the van to my brother"),
    Person("carla", "Carla Mendes", "Lisbon", "Flowers up seven hills. My legs and my peonies are both doing fine.", 655, "Florist", "rides a Tug since 2023", "Deliver weddings without wilting", face=19, style="bob"),
    Person("yusuf", "Yusuf Demir", "Berlin", "We move flats by bicycle. Yes, the sofa too. Yes, the fourth floor.", 810, "Mover", "runs three Tugs and two Rafts since 2022", "Move a two-room flat in one trip", organisation=MOVERS, face=24, style="bald"),
    Person("friederike", "Friederike Lohmann", "Berlin", "Ich schraube bei Leichtgepäck, was Yusuf kaputtfährt.", 610, "Mechanic at a moving firm", "looks after three Tugs", organisation=MOVERS),
    Person("kofi", "Kofi Mensah", "Hamburg", "Parcels for the harbour quarter, rain or rain.", 540, "Courier", "rides a Tug since 2023", "More stops, fewer knees", organisation=COURIERS),
    Person("jana", "Jana Novotná", "Hamburg", "Night shift at Hafenpost. The city is nicer when it sleeps.", 430, "Courier", "rides a Tug since 2024", organisation=COURIERS),
    Person("matteo", "Matteo Rinaldi", "Bologna", "Espresso on three wheels, mostly in front of the university.", 500, "Barista", "rides a Barge since 2023", "A café without rent", face=0),
    Person("amelie", "Amélie Roche", "Annecy", "Goats on the mountain, cheese on the market, me on the bike between them.", 470, "Cheesemaker", "rides a Tug since 2023", "Two markets a week without the van", face=23, style="curls"),
    Person("adebayo", "Ade Ogunleye", "Bristol", "Pepper soup, jollof, and a queue by noon.", 390, "Street cook", "rides a Barge since 2024", "Set up in ten minutes, anywhere", face=22, style="cap"),
    Person("piet", "Piet Claes", "Ghent", "Small brewery, smaller car park.", 450, "Brewer", "rides a Barge since 2023", face=0),
    Person("giorgos", "Giorgos Pappas", "Thessaloniki", "Plumber. The pipes go on top, the jokes come free.", 365, "Plumber", "rides a Tug since 2024", "Park in front of every door"),
    Person("sven", "Sven Oltmanns", "Bremen", "Windows, ladders and forty litres of water that want to go somewhere else.", 330, "Window cleaner", "rides a Tug and pulls a Raft since 2024"),
    Person("henrik", "Henrik Dahl", "Odense", "Chimney sweep. Touching my bike brings luck, touching my hands brings soot.", 610, "Chimney sweep", "rides a Punt since 2022", face=0),
    Person("delphine", "Delphine Aubert", "Nantes", "A bookshop that comes to you if your knees would rather not come to it.", 520, "Bookseller", "rides a Punt since 2023", "Deliver books the day they arrive"),
    Person("priya", "Priya Raman", "Vienna", "House calls for cats, dogs and one very old tortoise.", 640, "Vet", "rides a Skiff since 2022", "Reach every patient in twenty minutes", face=31, style="long"),
    Person("katya", "Katya Petrenko", "Graz", "I train dogs. The dogs train me. The bike has been chewed twice.", 300, "Dog trainer", "rides a Barge since 2024", face=0),
    Person("aoife", "Aoife Brennan", "Galway", "Midwife. If I overtake you at night, please let me.", 580, "Midwife", "rides a Punt since 2022", "Be there before the baby", face=32, style="helmet"),
    Person("oskar", "Oskar Nyman", "Turku", "Tunes pianos, plays the cello, owns no car to put either in.", 280, "Piano tuner and cellist", "rides a Skiff since 2024"),
    Person("zofia", "Zofia Maj", "Kraków", "Photographer. The light box goes in the box.", 410, "Photographer", "rides a Skiff since 2023", face=37, style="curls"),
    Person("bea", "Bea 🐝🍯", "Ljubljana", "Nine hives on four roofs. The bees travel at night, and so do I.", 350, "Beekeeper", "rides a Punt and pulls a Raft since 2023", "Move bees without upsetting them", face=27, style="scarf"),
)

FAMILIES = (
    Person("sanne", "Sanne Visser", "Groningen", "Twins, a dog, and a headwind that never takes a day off.", 495, "Nurse", "rides a Skiff since 2023", "Both twins dry at nursery", face=33, style="curls"),
    Person("elif", "Elif Kaya", "Cologne", "Sold the car in March. Have not found the key to the new life yet, but the bike is great.", 210, "Accountant", "rides a Skiff since 2024", "A year without a car"),
    Person("luca", "Luca Moretti", "Turin", "Father of one, uncle of nine, all of whom want a ride.", 240, "Translator", "rides a Skiff since 2024", face=0),
    Person("leonie", "Leonie Kessler", "Freiburg", "Teaches first grade. The Barge is our school bus to the swimming pool.", 560, "Primary school teacher", "rides a Barge since 2022", "Swimming lessons without a coach", organisation=SCHOOL, face=36, style="bob"),
    Person("benno", "Benno Raith", "Freiburg", "Caretaker. I pump the tyres and pretend not to race the children.", 380, "School caretaker", "looks after the school's Barge", organisation=SCHOOL, face=0),
    Person("marit", "Marit Solheim", "Bergen", "239 days of rain a year, 31 % up to my door. I keep a spreadsheet.", 690, "Meteorologist", "rides a Punt since 2022", "Home uphill without arriving soaked", face=18, style="scarf"),
    Person("gustav", "Gustav Ahlgren", "Uppsala", "Retired engineer. Takes his wife to the opera in a box.", 740, "Engineer, retired", "rides a Barge since 2021", "Outings for two with three good knees", face=20, style="beard"),
    Person("ruth", "Ruth Feldmann", "Basel", "71 and a half. The grandchildren call it the spaceship.", 190, "Grandmother", "rides a Barge since 2024", "Pick up the grandchildren on Wednesdays", face=38, style="short"),
    Person("mei", "Mei Tanaka-Holm", "Copenhagen", "Draws houses, counts kilometres, writes small programs about both.", 420, "Architect", "rides a Skiff, second-hand, since 2023", face=39, style="long"),
    Person("finn", "Finn 🌻", "Leeds", "Community garden, compost, and a trailer with a name.", 260, "Student", "pulls a Raft since 2024", "Compost from forty kitchens", face=0),
    Person("rami", "رامي خوري", "Amman", "مهندس، أب لطفلين، وأحب الطرق الجبلية. I read English, I think in Arabic.", 310, "Civil engineer", "rides a Punt since 2024", face=30, style="beard"),
    Person("noa", "Noa Ben-Ari · נועה", "Haifa", "Lives at the top of Mount Carmel, works at the bottom.", 400, "Oceanographer", "rides a Punt since 2023", "Uphill with two children, daily", face=35, style="curls"),
)

READERS = (
    Person("clara", "Clara Winter", "Munich", "Reads along. Measures the hallway. Reads along some more.", 95, "Radio editor", goals="Decide before the second child arrives", customer=False, face=40, style="long"),
    Person("tim", "Tim Osei", "Rotterdam", "Physiotherapist, third floor, no garage, great hopes.", 70, "Physiotherapist", customer=False),
    Person("ilse", "Ilse Peeters", "Leuven", "Works for a city that would like more of these and fewer of the others.", 160, "Mobility planner", customer=False),
    Person("jonas_k", "Jonas Kofler", "Innsbruck", "Mountains everywhere, budget somewhere.", 34, "Youth worker", customer=False),
    Person("hana", "Hana Svobodová", "Brno", "New here. Two children, one hill.", 2.4, "Speech therapist", "rides a Skiff since last week"),
    Person("nils", "Nils Aschenbrenner", "Nuremberg", "", 1.6, "Roofer", customer=False),
    Person("paula", "Paula Ortiz", "Valencia", "Paellas for forty. The pan is the problem.", 1.9, "Caterer", "rides a Tug since this spring"),
    Person("viktor", "Viktor Halász", "Szeged", "", 0.9, "Postman", customer=False),
    Person("rosalind", "Rosalind Achterberg", "Maastricht", "Puppet theatre. The puppets ride in front.", 4.5, "Puppeteer", "rides a Skiff since 2025"),
    Person("powerdeals", "Battery Bargains", "", "", 0.6, customer=False),
)

PEOPLE = (*STAFF, *HELPERS, *TRADES, *FAMILIES, *neighbours.PEOPLE, *READERS)

PASSWORD = "ride into town"  # noqa: S105 (known to everybody: the demo prints it)
SIGN_INS = (("ingrid", "admin"), ("selma", "moderator"), ("tove", "employee"), ("sanne", "customer"), ("hanneke", "advocate"), ("emil", "invited"))
