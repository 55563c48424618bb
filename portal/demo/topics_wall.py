"""Topics of the board The quay wall."""

from portal.demo.boards import WALL
from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Question

TOPICS = (
    Question(WALL, "ingrid", 398, "Ahoy: who are you, and what do you carry?", """
I will begin. I am Ingrid. In 2014 I borrowed a welding torch because my son had outgrown the child seat and my back had outgrown my son. The first bike turned only to the left. The
second one is still in use, by my son, who now carries *me* to the station with my suitcase.

Say hello: where you ride, what you carry, what you would rather not carry again.
""", "introductions", format="discussion", pinned=True, thanks=("wout", "hanneke", "gustav", "selma", "finn", "bea"), answers=(
        Answer("hanneke", 5, "Utrecht. Three children, the shopping, once a Christmas tree *with* a nest in it. Rather not again: a birthday cake, on cobbles, with candles, lit.", ("wout", "ingrid")),
        Answer("selma", 9, "Kiel. Grandchildren, driftwood. Thirty years of ferries before that, so the company's name made me laugh, and then I bought one.", ("ingrid", "gustav")),
        Answer("gustav", 20, "Uppsala. My wife Birgitta. She navigates.", ("selma", "wout", "ruth")),
        Answer("mirko", 31, "Leipzig. Everything under 180 kg except explosives and, since last week, geese.", ("kofi", "emil")),
        Answer("priya", 80, "Vienna. Cats who do not want to be carried."),
        Answer("finn", 3360, "Leeds 🌻 Compost. It is better than it sounds. It is worse than it smells. No, other way round.", ("bea", "emil")),
        Answer("bea", 3365, "Ljubljana 🐝🐝🐝 about forty thousand of those.", ("finn", "emil", "wout")),
        Answer("ruth", 5090, "Basel. Two grandchildren and, on the way back, their opinions.", ("selma", "gustav", "hanneke")),
        Answer("rami", 6500, "عمّان. طفلان وحقيبتا مدرسة وبطيخة واحدة كل يوم جمعة 🍉 (Two children, two school bags, and one watermelon every Friday.)", ("noa", "wout", "bea")),
        Answer("rosalind", 9480, "Maastricht. Eleven puppets, a folding stage, one dragon that does not fold."),
    )),
    Question(WALL, "finn", 39, "Our compost trailer is called Sir Rots-a-Lot. Yours?", """
The garden voted. Second place was *The Rolling Scones*. What is the name of your bike, and who was allowed to choose?
""", "names", "Raft", format="discussion", thanks=("bea", "wout", "elif"), answers=(
        Answer("elif", 2, "*Herr Kümmerling*. Our daughter. Nobody knows why, and he answers to it.", ("finn", "luca")),
        Answer("delphine", 6, "*Madame Bovélo*.", ("finn", "amelie", "wout", "oskar")),
        Answer("yusuf", 15, "Ours are numbered. Friederike calls them Schwermut, Übermut and Anmut when she thinks that I do not hear it.", ("finn", "friederike", "selma")),
        Answer("friederike", 16, "He was not supposed to hear it."),
        Answer("emil", 40, "*The hedge fund.*", ("finn", "piet", "mei", "marit")),
    ), drawing=Drawing("garden", "summer", 751, "punt", "children", "landscape", trailer=True), alt="A Punt pulls a Raft along an allotment with bean poles and a blue shed."),
    Question(WALL, "zofia", 63, "Photograph your bike so that others want to ride it: three things", """
I look at the wall of photos here every evening. Small advice from somebody who does it for money:

1. **Go down.** Camera at the height of the box. From above, every bike is a supermarket trolley.
2. **Light from the side**, the hour before sunset. Not behind you: flat. Not behind the bike: black.
3. **Somebody in it.** A bike without a person is a product. With a person it is a day.

And tell the person before you post them!
""", "photography", format="discussion", thanks=("oskar", "bea", "mei", "hanneke", "ingrid"), answers=(
        Answer("katya", 8, "Number four: dogs look at cheese. Hold the cheese beside the lens.", ("zofia", "priya", "amelie")),
        Answer("zofia", 10, "Number four is official now."),
    )),
    Question(WALL, "wout", 55, "Summer meeting in Lauenstrand: second Saturday in June", """
The gates of the rope works are open from ten. There will be a slow race (last one over the line wins, feet down is out), a load contest in potatoes, Tove's *bring me your creak* table, and soup by Ade if his bike fits on the train.

Say whether you come, and whether you can host somebody or need a sofa.
""", "meeting", format="discussion", thanks=("ingrid", "tove", "selma", "adebayo", "finn"), answers=(
        Answer("adebayo", 4, "It fits. I measured the train.", ("wout", "nadia")),
        Answer("ruth", 10, "I come by night train with the spaceship. I intend to win the slow race. I have practised for 71 years.", ("wout", "selma", "gustav", "hanneke")),
        Answer("gustav", 12, "Birgitta asks who supplies the potatoes."),
        Answer("tove", 30, "Creak table: bring the bike *unwashed*. Washing hides things.", ("gustav", "katya")),
        Answer("noa", 45, "Need a sofa, can bring halva. 🍯", ("bea", "wout")),
    )),
    Question(WALL, "gustav", 90, "Songs to pedal by, at 70 turns a minute", """
The motor is happiest around 70. So is a slow foxtrot. I am making a list, Birgitta conducts. What do you hum?
""", "music", format="discussion", answers=(
        Answer("oskar", 5, "Any habanera, two turns to the bar. It takes you up every hill and makes you sit straight.", ("gustav", "marit")),
        Answer("aoife", 9, "“The Kesh”, but then I am at 110 and the baby has to hurry.", ("gustav", "hanneke")),
        Answer("selma", 33, "“What shall we do with the drunken sailor”. Stops the grandchildren from asking how far.", ("ruth", "gustav")),
    )),
    Question(WALL, "marit", 17, "Day 239", """
It is official: 239 days with rain in twelve months, counted at my own window. I rode on 236 of them. On the other three I had a cold, **not** a car. Tea?
""", "rain, bergen", "Punt", format="discussion", thanks=("hanneke", "sven", "noa", "wout", "rami"), answers=(
        Answer("noa", 2, "Haifa: 61. I feel underdressed.", ("marit",)),
        Answer("rami", 5, "Amman: 38. We go outside to *look* at it. 🌧️", ("marit", "noa")),
        Answer("sven", 20, "For a window cleaner this is either paradise or the end.", ("marit", "giorgos")),
    )),
    Question(WALL, "ruth", 11, "To whoever stopped on the Mittlere Brücke on Wednesday", """
My chain guard had eaten my grandson's scarf. Somebody on a green Tug stopped, took the guard off with a coin, saved the scarf, and was gone before I had found my glasses. If you read this: there is cake, on Wednesdays, at four.
""", "thanks", format="discussion", thanks=("hanneke", "wout", "leonie"), answers=(
        Answer("wout", 3, "This is why I moderate.", ("ruth", "selma")),
        Answer("carla", 30, "It was not me, but I would like to be told what sort of cake."),
    )),
    Question(WALL, "sven", 187, "Helmets, again", """
I know, I know. But my brother-in-law has started it again at dinner and I need one good sentence.
""", "helmets", format="discussion", locked=True, answers=(
        Answer("aoife", 3, "“I have met your head and would like to again.”", ("sven", "ruth", "priya", "wout", "katya")),
        Answer("kofi", 8, "“It keeps the rain off the part that earns the money.”", ("sven",)),
        Answer("selma", 20, "Fourteen replies were of the other sort, and we have all read them somewhere before. Aoife has won. I close this with the moderator's heaviest chain.", ("wout", "sven")),
    )),
    Question(WALL, "clara", 5.3, "Curtain rod, final report", """
For those who followed: the Skiff has arrived. It lives in the yard, under a cover, next to the bins, and our son says good night to it. The baby is due in five weeks. My husband, who wanted the Punt, has not given it back since Saturday.
""", "choosing", "Skiff", format="discussion", thanks=("hanneke", "marit", "delphine", "wout", "elif"), answers=(
        Answer("delphine", 2, "And the rod?", ("clara", "wout")),
        Answer("clara", 3, "Holds a curtain."),
        Answer("hanneke", 20, "Congratulations to all four of you. 2.5 bar, remember!", ("clara",)),
    )),
)
