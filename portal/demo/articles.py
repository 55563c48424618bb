"""Blog articles, first part: by customers and by the people of the works."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Essay, Shot

ARTICLES = (
    Essay("hanneke", 22, "The ten-minute Sunday: what to look after, and what to leave alone", "Ten minutes a week keep a cargo bike out of the workshop for a year. Here is the order I do it in, with a cup of coffee.", """
In eleven years at the bench I saw two kinds of broken bicycles: those nobody looked after, and those somebody looked after *too much*. Bearings drowned in oil. Screws tightened every week until they gave up. Here is the middle way.

## Minutes one to three: air

A cargo bike lives and dies by its tyres. Rubber loses about a tenth of a bar a week, more in winter.

| | empty box | with children | over 80 kg |
|---|--:|--:|--:|
| front, 20 inch | 2.5 bar | 3.0 bar | 3.5 bar |
| rear, 26 inch | 3.0 bar | 3.5 bar | 4.0 bar |

Squeezing with the thumb tells you nothing above 2 bar. Buy a gauge.

## Minutes four and five: brakes

Squeeze each lever as hard as you can. It must stop *before* half of the way. Then look down into the caliper with a torch: if the lining is thinner than a bank card (0.8 mm), order pads today.

Do not touch the disc with your fingers. Do not spray anything near it, ever.

## Minutes six and seven: listen

Lift the rear and turn the crank. Lift the front and spin the wheel. You are not looking for silence, you are looking for *new* noises.

## Minutes eight and nine: the four screws

Steering rod front and rear, stem, seat post. Put a paint mark over each screw and its surroundings once. From then on you only look whether the line is still a line.

## Minute ten: coffee

What you leave alone: the hub, the motor, the bottom bracket, and anything you would have to look up. Once a year somebody like me opens those, and then talks about it for weeks.
""", (Shot(Drawing("workshop", "spring", 201, "skiff", "", "landscape", rider=False), "A Skiff stands in a bright workshop with tall windows and a wall of tools."),), "maintenance, tyres, brakes", ("sanne", "elif", "ruth", "clara", "benno", "mei", "priya"), (
        Answer("ruth", 6, "Did it with tea instead of coffee. I hope that is within tolerance.", ("hanneke", "wout")),
        Answer("tove", 21, "May we print this and hang it next to the pump in front of the works? With your name, and a cup.", ("hanneke",)),
    )),
    Essay("tove", 50, "Why your bike creaks: a small field guide", "Clicks, creaks, squeals and the ghost knock: how we tell them apart in the workshop before we touch a single screw.", """
People apologise when they bring a noise. “It doesn't do it now.” It never does it now. So before you come, ask it four questions.

## 1. Does it follow the crank or the wheel?

Stop pedalling and roll. If it goes on, it belongs to a wheel: spoke, brake, tyre, hub. If it stops, it belongs to you: pedal, crank, belt, **seat post**.

## 2. Sitting or standing?

Only when sitting: saddle or seat post, in eight cases out of ten. Only when standing and pulling: handlebar, stem, or the joint of the steering rod.

## 3. Wet or dry?

Belts squeal when wet and dirty. Discs howl when wet and clean. Leather creaks when dry.

## 4. Loaded or empty?

A tick that comes with load and goes without it is usually a spoke that has lost its tension, or the box moving on its four rubber feet. Push the box sideways with your knee.

## The ghost knock

Once a year somebody brings a knock that nobody can find. In 2019 it was a marble in the down tube. In 2021 it was a key. In 2023 it was *the owner's knee*. We are still friends.
""", (Shot(Drawing("workshop", "golden", 202, "tug", "", "wide", rider=False), "A Tug in the workshop in evening light."),), "noise, maintenance", ("gustav", "oskar", "katya", "hanneke", "selma"), (
        Answer("oskar", 8, "As somebody who listens for a living: tap along the frame with a wooden spoon. The guilty joint answers flat.", ("tove", "gustav", "hanneke")),
        Answer("gustav", 30, "Number two cost me one bottom bracket. Print it on the box."),
    )),
    Essay("marit", 83, "How to ride uphill in the rain and arrive as a person", "236 rainy rides a year have taught me that getting wet is weather, but arriving soaked is organisation.", """
There is a saying in Bergen about bad weather and bad clothes. It was invented by people who sell clothes.

**You get wet from the inside first.** With an e-bike you have a choice that other cyclists do not: how much you work. On the steep part I switch assist *up* and ride slower than I could. I arrive dry under the jacket. On the flat I switch it off to get warm.

**Hands and feet decide.** A poncho over the handlebar keeps hands dry better than any glove. Shoes: gaiters, or sandals and a towel, no third way.

**A dry thing at the end.** My office drawer holds socks, a shirt, and one absurdly good biscuit. It is the biscuit that gets me up the last 31 %.

**The children.** They are dry under the cover, and bored. Rain on a cover sounds like frying, so we guess what is being fried. Last Tuesday: a moose.

And wipe the belt and the charging contacts when you get home. Thirty seconds. Then tea.
""", (Shot(Drawing("forest", "mist", 203, "punt", "children"), "A Punt with two children on the bench in a misty forest."),), "rain, hills, clothes", ("aoife", "noa", "sven", "hanneke", "jana", "rami"), (
        Answer("aoife", 4, "The drawer! I have one in three health centres now.", ("marit",)),
        Answer("noa", 40, "What *was* the moose fried in?", ("marit", "wout")),
        Answer("marit", 41, "Butter."),
    )),
    Essay("dario", 110, "What a battery likes", "Not too hot, not too cold, not too full, not too empty. The longer version, with reasons, from the person who opens the returned ones.", """
A battery ages in two ways: by being used, and by lying around. You can't help the first. Most people make the second worse, out of love.

- **Full and warm is what hurts.** A pack kept at 100 % and 35 °C loses in a year what one at 60 % and 15 °C loses in four. So charge it full *before you ride*, not after you come home, if your day allows.
- **Cold does not hurt, charging cold does.** Below 0 °C let it warm up for an hour first. The charger waits by itself, but then it waits all night, in a shed.
- **Empty is worse than full.** Do not put it away at 3 % for the winter. 50 to 60 %, in the cellar, and a look at it in January.
- **Part charges are fine.** Twice from 30 to 80 costs it less than once from 0 to 100. Only once in three months give it the full range, so that it can count itself.
- **Dropped is done.** If it fell on concrete, bring it, even if it works. I would rather look at fifty healthy ones.

We read out 214 packs last year that were five years old. Median: **79 %** of the capacity they were born with. The best, 91 %, belongs to a baker in Ghent who uses it every day and had never heard any of this.
""", (Shot(Drawing("poster", "golden", 204, "tug", "", "wide"), "Poster-like drawing of a Tug and rider in front of a large pale sun."),), "battery, charging", ("nadia", "aoife", "noa", "yusuf", "mei", "tim", "emil"), (
        Answer("nadia", 5, "I had never heard any of this.", ("dario", "piet", "wout", "matteo")),
        Answer("yusuf", 22, "The shelf has moved, the packs sleep at 60. Friederike has put up a sign.", ("dario",)),
    )),
)
