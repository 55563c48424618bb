"""Ferrywright, the invented company: what its site is called and the five things it builds."""

from portal.demo.shapes import Shelf

COMPANY = "Ferrywright"
SITE_NAME = "The Landing"
TAGLINE = "Where people who carry things by bicycle help each other"
CONTACT = "quay@ferrywright.example"
ACCENT_HUE = 200
WELCOME = """
Ferrywright is eleven people in a former rope works in Lauenstrand, who build bicycles that carry things. This is
where the people who ride them meet: they ask, answer, show and grumble. We read everything and answer some of it;
most answers are better than ours.
"""

PRODUCTS = (
    Shelf("Skiff", "Two wheels, a low box in front, 80 kg in it. Turns like a bicycle because it is one."),
    Shelf("Punt", "The long-tail: a bench for two behind you, a basket ahead, and it still fits into the cellar."),
    Shelf("Barge", "Three wheels, a deep box for 100 kg, stands by itself while four children climb in."),
    Shelf("Tug", "The workhorse: a flat deck of 1.40 m, two batteries, 180 kg of whatever your trade needs."),
    Shelf("Raft", "The trailer. 60 kg behind anything with a rear axle, folded flat in a minute."),
)
