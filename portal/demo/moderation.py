"""What the moderators find: a filled queue, returned and removed things, reports, one piece of spam."""

from portal.demo.boards import FIRST, LOAD, MOTOR, WALL, WORK
from portal.demo.pictures import Drawing
from portal.demo.shapes import Case, Fate, LooseAnswer, Question, Shot, Submission, Tale

WAITING = (
    Case(Question(FIRST, "hana", 0.35, "First week with the Skiff: what should I have checked already?", """
It came last Thursday, in a crate as large as our kitchen. I put the handlebar straight and rode off, singing. Now my neighbour asks whether I have *retightened* things. Which things? How tight? I own one adjustable spanner and a lot of good will.
""", "beginner, maintenance", "Skiff")),
    Case(Submission("hana", 0.2, "Two children, one hill, one very proud mother", "Brno, Kraví hora. We made it at the first try. At the second try we made it with both shoes on.", (
        Shot(Drawing("hills", "summer", 501, "skiff", "children"), "A Skiff with two children on a road over summer hills."),
        Shot(Drawing("street", "golden", 502, "skiff", "children", "portrait"), "The same bike in our street in the evening."),
    ), "Skiff", "Brno", "children, first ride")),
    Case(Question(WORK, "paula", 0.8, "A paella pan of 1.15 metres", """
I cook paella for forty, outdoors. Burner, gas, rice, all that fits on the Tug. The pan does **not**: 1.15 m across, 14 kg, and in the wind it wants to fly to Ibiza. Upright like a sail? Flat like a table over everything? How do you transport something round, wide and proud?
""", "catering, wide loads", "Tug")),
    Case(Tale("rosalind", 1.15, "The dragon that does not fold",
        who="""
I run a puppet theatre for one and a half people (my son is eleven and helps at weekends). Twelve villages, eleven puppets, a stage that folds, and a dragon that does not.
""", hard="""
We had an old estate car. The dragon rode with its head out of the window and I have been stopped by the police because of it. Twice.
""", tried="""
A Skiff, with the dragon in front, seat belt round the second neck. The first time I rode into a village the children ran alongside *before the show*. In nine years of estate car nobody had ever run beside us.
""", changed="""
We have more people every evening, I count the cushions. The only thing that changed is how we arrive.
""", advice="""
Whatever you carry, let it be seen. The way into the village is the first act, and it costs nothing.
""", trade="Puppeteer", goal="Arrive before the puppets are needed", product="Skiff", size="2-9",
        figure="47", figure_says="cushions taken on average, instead of 31", shots=(
        Shot(Drawing("market", "spring", 503, "skiff", "balloons"), "A Skiff with balloons arrives between market stalls and bunting."),
    ), tags="theatre, children")),
    Case(LooseAnswer("Rain cover: dripping on the inside", "rosalind", 0.5, "For the puppets I glued a strip of felt along the inside of the hoop. The drops run along it and down at the side instead of falling on the dragon. Open the two *rear* vents, not the front ones: air must come in low and leave high. It might work for children as well.")),
    Case(Question(MOTOR, "nils", 0.28, "Does the Tug pull 120 kg of roof tiles up 14 %?", """
I am a roofer and still drive a flatbed. Before I ask for a test ride: is 120 kg plus me (94 kg) up a street of 14 % and 300 m realistic, every day, twice? Or does the motor overheat?
""", "hills, load", "Tug")),
    Case(Question(WALL, "powerdeals", 0.12, "!!! BATTERYS -60% ORIGINAL QUALITY !!!", """
Dear friends best price battery all brand, original cell, free shiping, look https://cheap-cells.example/deal1 and https://cheap-cells.example/deal2 and https://cheap-cells.example/deal3 only today. Write me for bulk.
""", "sale")),
)

DECIDED = (
    Case(Submission("viktor", 0.7, "My new bike", "", (
        Shot(Drawing("street", "summer", 511, "punt", "parcels"), "photo"),
    ), "Punt", "Szeged", ""), Fate("returned", 3, ("wout",), "Lovely picture! Two small things before it goes on the wall: please say in the alternative text what can be seen (for somebody who can't see it, “photo” is not much), and tell us in a line where you were going. Then send it again, it takes a minute.")),
    Case(Question(LOAD, "nils", 1.2, "How much can it carry", "how much kg tug", "load", "Tug"), Fate("returned", 2.5, ("selma",), "Welcome, Nils! The number itself is 180 kg, it stands on the product page. If you tell us *what* you want to carry and where, you will get much better answers from the people here. Please write a little more and send it again.")),
    Case(Question(WALL, "powerdeals", 0.5, "cheap battery best price", "original battery cell cheap write me whatsapp, all models, best price in europe guaranteed, no tax.", "sale"), Fate("removed", 1.5, ("selma",), "Advertising. This place is for people who ride the things, not for selling others.")),
)

REPORTED = (
    Case(LooseAnswer("Landlord forbids charging in the cellar", "giorgos", 1.5, "Just do it at night when he sleeps, what he does not see can't burn. I leave mine on the carpet next to the bed, three years, nothing ever happened."), Fate("hidden", 20, ("marit", "gustav", "ruth"), "wrong", "Charging on carpet, at night, next to a bed: please not in a thread about fire safety.")),
    Case(Question(FIRST, "tim", 2.9, "Is the shop on Havenstraat any good or are they crooks?", """
They sold my friend a used Skiff with a cracked rim, and the man with the beard there was rude as well. I think he is called Pieter and lives above the shop. Has anybody else been had by him?
""", "shops", "Skiff"), Fate("hidden", 9, ("wout",), "This names a private person and where he lives, and it is about something your friend would have to tell. Hidden until we have talked; the question about the rim is welcome as its own topic.")),
    Case(LooseAnswer("Baffles for a 40-litre water tank?", "matteo", 0.9, "Buy a smaller bucket, it is not rocket science, some people really ask before they think."), Fate("reported", 4, ("oskar",), "abuse", "This is not how we talk to each other here. He had asked politely.")),
)
