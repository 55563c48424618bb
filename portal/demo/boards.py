"""The six boards of the forum, in their order."""

from portal.demo.shapes import Shelf

FIRST = "First rides"
WORKSHOP = "Workshop"
MOTOR = "Motor and battery"
LOAD = "Loads and passengers"
WORK = "Working by bike"
WALL = "The quay wall"

BOARDS = (
    Shelf(FIRST, "Choosing, test riding, the first weeks, and where on earth to put it."),
    Shelf(WORKSHOP, "Brakes, belts, punctures, and the noise that stops when the mechanic listens."),
    Shelf(MOTOR, "Range, charging, cold, heat, and what the display is trying to say."),
    Shelf(LOAD, "Children, dogs, ladders, soup: how to carry it and how to keep it there."),
    Shelf(WORK, "For those who earn their bread with it: routes, numbers, customers, weather."),
    Shelf(WALL, "Sit down, dangle your legs, talk. Introductions and everything else."),
)
