"""Topics of the board First rides."""

from portal.demo.boards import FIRST
from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(FIRST, "tove", 402, "Before you ask: what helps us to help you", """
Welcome to the board where everybody was a beginner once. Answers come faster when we know three things:

- **which bike**, and roughly from which year (it is stamped below the bottom bracket, bring a torch);
- **what you carry**, in kilograms or in children;
- **what your way looks like**: flat, hilly, cobbled, Bergen.

A photo of the thing says more than "the thing at the front". And please accept the reply that solved it. There may be
several. That is how the next person finds it.
""", "welcome", format="discussion", pinned=True, thanks=("clara", "tim", "elif", "jonas_k"), answers=(
        Answer("wout", 30, "Seconded. And if you found the solution yourself, write it down here. Future you will search for it, find your own question, and be very cross."),
    )),
    Question(FIRST, "clara", 72, "Skiff or Punt for a four-year-old and a baby?", """
We have read everything and understood nothing. Our son is four, the baby arrives in spring. We live in Munich, second
floor, with a cellar down **seven steps and round a corner**. One hill, short but rude. My husband says Punt because it
looks like a bicycle, I say Skiff because I want to *see* them.

What did you wish somebody had told you?
""", "choosing, baby, cellar", "Skiff", answers=(
        Answer("hanneke", 5, """
About the baby, since that is the part that decides it. Until they sit well on their own, at about nine months, a baby
rides in an infant shell, and a shell can be strapped into the Skiff's box but not onto the Punt's bench. Ask your
midwife or doctor when, go slowly, avoid cobbles, and let a little air out: 2.5 bar at the front makes more difference than any cushion.

So for the first year: Skiff, or no baby on board. After that both work.
""", ("clara", "elif", "sanne"), True),
        Answer("marit", 9, """
About the hill. I ride a Punt up 31 %. It is the better climber: shorter, lighter by 9 kg, weight on the driven wheel. But
"short but rude" is no problem for either; the motor is the same. With the Skiff start in the lowest gear *before* the
hill, because the hub does not like to be shifted under full load.
""", ("clara",), True),
        Answer("delphine", 20, """
About the cellar. Seven steps **and a corner** is the sentence that matters. The Punt is 1.98 m long and stands on its
tail: I park mine upright like a broom, 70 cm of floor. The Skiff is 2.55 m and does not go round corners indoors. Take a
broomstick of 2.55 m, carry it down horizontally, and you will know.
""", ("clara", "tim", "luca"), True),
        Answer("clara", 70, "I have just carried a curtain rod of 2.55 m down my own cellar stairs while a neighbour watched. It does **not** fit. But the yard has a corner with a roof! Three people solved three thirds of this, so I accept all three. It will be a Skiff, in the yard, under a cover."),
        Answer("wout", 74, "This is the best use of a curtain rod I have moderated so far."),
    )),
    Question(FIRST, "elif", 33, "Is the Skiff's steering always this twitchy?", """
First test ride yesterday, in the rain, empty box. I wobbled out of the yard like a newborn calf. The man from the shop
said "you get used to it", which is what people say about noisy neighbours too. Does it get better, or is something wrong with the bike?
""", "steering, beginner", "Skiff", answers=(
        Answer("hanneke", 3, """
It gets better, and it gets better today. Three things:

1. **Look far ahead.** The front wheel is 1.3 m in front of you, and if you look at it you correct too late, then too
   much. Look at the end of the street and the wobble is gone in ten minutes. Really.
2. **Put 15 kg in the box.** A bag of potting soil. Empty, the front is light and answers to everything.
3. **Check the pressure.** Below 2 bar in front it feels like steering a mattress. 3 to 3.5 bar for everyday.

Start by pedalling firmly for the first two metres; slow is the hard part. And if it *pulls to one side* with your
hands light on the bar, then something is wrong: come back and tell us.
""", ("elif", "clara", "luca", "mei"), True),
        Answer("luca", 8, "I practised with nine nephews shouting advice. If I could learn it, you can.", ("elif",)),
        Answer("elif", 28, "Potting soil, car park, end of the street. I went round thirty times and then *home*. The wobble is gone. I am writing this with one hand in the air."),
    )),
    Question(FIRST, "tim", 58, "No garage, third floor: where do you keep it?", """
I love everything about the Tug except that I live on the third floor of a house without yard, cellar, or understanding
neighbours. Where do people like me keep a bike of 2.7 metres in the middle of Rotterdam?
""", "parking, city, theft", "Tug", answers=(
        Answer("kofi", 6, "On the street, for two years, in Hamburg. Two locks (a frame lock with chain, and a folding one through the front wheel), a grey tarpaulin so that it looks boring, never the same corner two nights running. And insured. It is still mine.", ("tim",)),
        Answer("ilse", 11, "Ask your city for a cargo-bike bay before you ask for a garage. In Leuven a request by three residents is enough for us to look at a spot; many cities have a form nobody knows about. Bring a sketch and a photo of the car that is parked there now.", ("tim", "clara", "kofi")),
        Answer("delphine", 30, "I asked the dentist on the ground floor whether the bike could sleep in his waiting room. It can. He gets his books at home. Ask; the worst answer is no."),
    )),
    Question(FIRST, "ruth", 49, "Too old at 71 for a Barge?", """
I would like to fetch my grandchildren (5 and 7) from school on Wednesdays. I have ridden a bicycle all my life but never
one with three wheels, and my daughter makes a face. Please be honest, I have a pension and a temper.
""", "beginner, three wheels", "Barge", answers=(
        Answer("hanneke", 4, """
Honestly: no, not too old, but *new* at it, which is different. Three wheels do not lean, so your body has to unlearn
seventy years of bends.

- First hour in an empty car park, alone. Ride figures of eight, slowly, and **steer** instead of leaning.
- In a bend, slow down *before* it and shift your weight to the inside. Walking pace the first week.
- A road that slopes to the side pulls you to the kerb. Hold against it; after a day you no longer notice.
- Then thirty kilos of potatoes in the box. Then the grandchildren.

What three wheels give you in return: you can stop whenever you like, sit there, and find your glasses.
""", ("ruth", "gustav", "selma", "leonie"), True),
        Answer("gustav", 9, "I started at 68 and my passenger has a season ticket at the opera. She says the box is more comfortable than the balcony.", ("ruth",)),
        Answer("ruth", 190, "Did the figures of eight. A young man applauded. I bought it this morning; my daughter is still making the face but she is carrying the helmets."),
        Answer("selma", 193, "I moderate this forum and steered a ferry for thirty years, and I drove into a hedge on day one. Welcome aboard.", ("ruth", "hanneke")),
    )),
    Question(FIRST, "mei", 74, "Second-hand Skiff from 2020: what do I look at before I pay?", """
2,900 euros, one owner, 11,400 km, "always garaged". I can draw a staircase but I can't judge a bottom bracket. What
would you check in half an hour, with no stand and an impatient seller?
""", "second-hand, checklist", "Skiff", answers=(
        Answer("hanneke", 7, """
Half an hour is plenty. In this order:

| what | how | walk away if |
|---|---|---|
| frame | torch along every weld, most of all where the tube below the box meets the head tube | any crack or rippled paint |
| steering rod | front wheel held between the knees, turn the bar | more than 5 mm of play |
| belt | count 20 teeth, look for shark fins | teeth hooked: 90 € and an argument |
| rims | wheel spun, thumb at the brake disc side | wobble over 3 mm |
| battery | ask for the service printout: full charges and capacity | under 70 % and no discount |
| keys | two battery keys, **with the number** | no number |

11,400 km is nothing for the motor. Expect tyres and pads soon (120 €). And ride it: hands light, no hands is not needed, it
should go straight.
""", ("mei", "clara", "jonas_k", "luca"), True),
        Answer("tove", 26, "Hanneke's list is better than ours. One addition: with the frame number and a bill of sale we move the papers to your name for nothing and tell you whether it was ever reported stolen. Write to the workshop.", ("mei",)),
        Answer("mei", 50, "Bought for 2,600: the belt had hooks, so the argument paid. Printout said 86 %. Thank you both. This table should be carved somewhere."),
    )),
    Question(FIRST, "luca", 28, "A lift of 2.10 m and a Skiff of 2.55 m", """
Our lift is 2.10 m deep, 1.10 m wide and 2.20 m high. I did Pythagoras and Pythagoras says 2.37 m along the floor
diagonal. Missing: 18 cm. Has anybody got a Skiff into such a lift, legally and without enemies?
""", "lift, parking", "Skiff", answers=(
        Answer("hanneke", 2, """
Pythagoras is right, but nobody said that the front wheel has to ride along in its place.

- Turn the thru-axle out (6 mm Allen key, anticlockwise), lift the wheel out, push a folded beer mat between the brake
  pads so that nobody squeezes them shut.
- The bike is now **2.26 m** long. At 28° across the floor it needs 2.00 by 1.06 m. I have drawn it; the box clears the walls by
  a hand's breadth on each side.
- The fork rides on a furniture dolly. Four castors, nine euros, and the neighbours think you are a removal firm.

Tighten the axle to 12 Nm at the other end, then pump the brake lever twice **before** you ride off.
""", ("luca", "tim"), True),
        Answer("luca", 27, "In. At the third try, with a dolly and a beer mat. The lady from the second floor rode along, held the wheel, and wants to know when the next performance is."),
    ), drawing=Drawing("poster", "spring", 712, "skiff", "", "square", rider=False), alt="A Skiff without rider against a pale sun: the patient, before the lift."),
    Question(FIRST, "ilse", 131, "How did your city get its first cargo-bike bays?", """
I work for one that wants to build forty. What I lack are stories: who asked, who objected, what changed their mind? I
will put every answer into a presentation and read them to people in ties.
""", "city, parking", format="discussion", thanks=("clara", "tim"), answers=(
        Answer("nadia", 14, "In our street the butcher objected for two years. Then he bought a Barge. Now he objects to cars in the bay.", ("ilse", "piet", "wout")),
        Answer("mirko", 40, "We counted. One parking space in front of our depot: 6 cars a day. As a bay: 31 deliveries a day. A number ends most discussions.", ("ilse", "kofi")),
        Answer("ilse", 62, "31 against 6 went straight onto slide two. The ties went quiet.", ("mirko",)),
    )),
    Question(FIRST, "jonas_k", 9, "Leasing through a youth club: who has done it in Austria?", """
We are a small association (four employed, many volunteers) and would like a Barge for outings. The leasing people
ask for "employees", the insurance asks for "one main user". Has anybody with a club solved this without becoming a company?
""", "leasing, club", "Barge"),
)
