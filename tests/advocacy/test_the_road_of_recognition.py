"""The road of recognition, walked through pages with the clock in hand.

Help, thanks, proposal, confirmation, invitation, acceptance, the mark on every page, removal of what helped, notice,
lapse: each step as its people see it, in the mail that follows, and in the ledger.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock as house
from portal.advocacy import chores
from portal.advocacy.models import LedgerEntry, Recognition
from portal.contributions.models import Contribution
from portal.db import db
from portal.notifications import letters
from tests import builders as make

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARK = 'href="/advocates/marks?of=hanna#advocate"'
BADGE, CERTIFICATE = "/advocates/hanna/badge.svg", "/advocates/hanna/certificate"


class Road:
    """Those who walk it, and what they do in their browsers."""

    def __init__(self, app: Flask, sign_in: Any, client: Any, clock: Any, settled: Any, outbox: Any) -> None:
        self.app, self.sign_in, self.clock, self.settled, self.outbox = app, sign_in, clock, settled, outbox
        self.hanna = make.member("hanna", display_name="Hanna Berg", trade="Carpenter")
        self.board = make.board("Repairs")
        self.me, self.prospect = sign_in(self.hanna), client
        self.moderator = sign_in(make.moderator("selma"))
        self.answers: list[int] = []
        self.read = 0

    def day_passes(self, days: int = 1) -> None:
        """The clock goes on; the worker follows up, the night's work is done, mail goes out."""
        self.clock.advance(days=days)
        self.settled()
        db.session.commit()
        chores.nightly(always=True)
        self.settled()
        self.clock.advance(minutes=15)
        letters.send_gathered()
        db.session.expire_all()

    def mail(self) -> list[tuple[str, str]]:
        """(subject, text) of what Hanna was sent since it was last asked."""
        every = [m for m in self.outbox() if "hanna@example.org" in m["To"]]
        new, self.read = every[self.read :], len(every)
        return [(m["Subject"], m.get_body(("plain",)).get_content()) for m in new]

    def ledger(self) -> tuple[int, int]:
        """Lines of help to Hanna's credit: how many were written, how many of these were reversed."""
        rows = list(db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.helper_id == self.hanna.id)))
        reversals = [row for row in rows if row.reverses_id is not None]
        return len(rows) - len(reversals), len(reversals)

    def is_helped(self, customer: Any, n: int) -> None:
        """A customer asks, Hanna answers, the customer says that this solved it, and thanks."""
        asked = {
            "title": f"How do I fix part {n} of it?", "source": f"Part {n} is loose, what now?", "tags": "",
            "board": self.board.slug, "format": "question", "submission_key": f"ask-{n}",
        }  # fmt: skip
        assert customer.submit("/forum/repairs/new", asked).status_code == 303
        topic = db.session.scalars(db.select(Contribution).where(Contribution.title == asked["title"])).one()
        self.clock.advance(minutes=30)
        reply = {"source": f"Take the number {n} screw and turn it twice.", "submission_key": f"reply-{n}"}
        assert self.me.submit(f"/c/{topic.id}/reply", reply).status_code == 303
        answer = db.session.scalars(db.select(Contribution).where(Contribution.parent_id == topic.id)).one()
        assert customer.submit(f"/c/{answer.id}/accept").status_code == 303
        assert customer.submit(f"/c/{answer.id}/thanks").status_code == 303
        self.answers.append(answer.id)

    def state(self) -> str:
        """Of Hanna's latest recognition; nothing without one."""
        query = db.select(Recognition.state).where(Recognition.member_id == self.hanna.id)
        return db.session.scalars(query.order_by(Recognition.id.desc())).first() or ""


@pytest.fixture
def road(app: Flask, as_member: Any, client: Any, clock: Any, settled: Any, outbox: Callable[[], Any]) -> Road:
    clock.freeze(START)
    return Road(app, as_member, client, clock, settled, outbox)


def test_from_the_first_answer_to_the_end_of_the_recognition(road: Road) -> None:
    helps(road)
    is_proposed(road)
    is_invited(road)
    accepts(road)
    shows_the_mark_everywhere(road)
    loses_what_helped(road)
    is_given_notice(road)
    lapses(road)


def helps(road: Road) -> None:
    for n in range(6):
        customer = road.sign_in(make.member(f"customer{n}", verified=True, organisation=f"Firm {n}"))
        road.is_helped(customer, n)
        road.day_passes(8)
        assert road.ledger() == (2 * (n + 1), 0)
        assert f"Number of people helped: {n}" not in road.prospect.get("/members/hanna").text
        assert "says that your answer solved it" in str(road.mail())
    page = road.me.get("/account/help").text
    assert page.count("your answer solved it,") == 6
    assert "Firm" not in road.prospect.get("/").text
    assert MARK not in road.prospect.get("/members/hanna").text


def is_proposed(road: Road) -> None:
    assert road.state() == "proposed"
    assert not road.mail(), "a proposal is the moderators' matter"
    assert "You have passed the gate" in road.me.get("/account/help").text
    page = road.moderator.get("/advocates/proposals").text
    assert 'class="who-thanks"' in page
    assert all(f"organisation firm {n}" in page for n in range(6))
    assert road.me.get("/advocates/proposals").status_code == 403


def is_invited(road: Road) -> None:
    number = db.session.scalars(db.select(Recognition.id)).one()
    assert "Nothing" in road.me.get("/notifications/").text or "invited" not in road.me.get("/notifications/").text
    road.moderator.submit(f"/advocates/proposals/{number}/confirm")
    assert road.state() == "confirmed"
    road.day_passes()
    [(subject, text)] = road.mail()
    assert subject == "You are invited to be recognised as an advocate"
    assert "http://127.0.0.1:8000/account/recognition" in text
    assert "You are invited to be recognised" in road.me.get("/notifications/").text
    assert MARK not in road.prospect.get("/members/hanna").text, "nobody is shown before they say yes"
    assert "Not in force" in road.prospect.get(BADGE).text


def accepts(road: Road) -> None:
    assert "Yes, I would like that" in road.me.get("/account/recognition").text
    road.me.submit("/account/recognition/accept", {"chosen": "1", "numbers": "y", "answers": "y"})
    assert road.state() == "accepted"
    road.day_passes()
    assert [subject for subject, _ in road.mail()] == ["You are an advocate now. Thank you"]
    page = road.me.get("/account/recognition").text
    assert "You are an advocate since" in page
    assert "badge.svg" in page


def shows_the_mark_everywhere(road: Road) -> None:
    topic = make.topic(road.hanna, title="A screwdriver worth having")
    story, article = make.story(road.hanna), make.article(road.hanna)
    photo = make.photo(road.hanna)
    db.session.commit()
    road.settled()
    names = {
        "/": MARK, "/forum/repairs/": MARK, f"/topics/{topic.id}/{topic.slug}": MARK,
        "/members/hanna": MARK, "/members/": MARK,
        "/search?q=screwdriver": MARK, "/stories/": MARK, f"/stories/{story.id}/{story.slug}": MARK, "/blog/": MARK,
        f"/blog/{article.slug}": MARK, f"/photos/{photo.id}": MARK, "/advocates/": MARK,
        "/photos/": "Hanna Berg", CERTIFICATE: "as an <strong>advocate</strong>",
        "/advocates/marks?of=hanna": CERTIFICATE, BADGE: "Advocate since 2026, helped 6 people",
    }  # fmt: skip
    pages = {address: road.prospect.get(address) for address in names}
    missing = [a for a, words in names.items() if pages[a].status_code != 200 or words not in pages[a].text]
    wall_without_photos = ["/photos/"] if "/photos/" in missing else []  # a photo without pictures is not on the wall
    assert missing == wall_without_photos
    assert "Carpenter" not in pages[CERTIFICATE].text, "as chosen with the yes"


def loses_what_helped(road: Road) -> None:
    before = road.hanna.help_score
    for answer in road.answers[1:]:
        road.moderator.submit(f"/moderation/{answer}/remove", {"reason": "spam", "note": ""})
    removed = db.select(Contribution.state).where(Contribution.id.in_(road.answers[1:]))
    assert set(db.session.scalars(removed)) == {"removed"}
    road.settled()
    assert road.ledger() == (12, 10), "each line is reversed by one of its own, none is deleted"
    db.session.refresh(road.hanna)
    assert road.hanna.help_score < 3.5 < before
    assert "helped 1 person" in road.prospect.get(BADGE).text, "the badge is true when it is drawn"
    assert MARK in road.prospect.get("/members/hanna").text, "nobody loses it overnight"
    page = road.me.get("/account/help").text
    assert "What no longer counts" in page


def is_given_notice(road: Road) -> None:
    road.day_passes()
    told = dict(road.mail())
    ends = house.now().date() + timedelta(days=60)
    assert f"On {ends.day} {ends:%B %Y}" in told_in(told, "Your recognition will end or change unless you help again")
    assert "your help score is below 3.50" in road.me.get("/account/recognition").text
    road.day_passes(58)
    assert not [s for s, _ in road.mail() if "recognition" in s.lower()], "one notice, not one a day"
    assert MARK in road.prospect.get("/members/hanna").text


def lapses(road: Road) -> None:
    road.day_passes(2)
    assert road.state() == "ended"
    assert "Your recognition as an advocate has ended" in [subject for subject, _ in road.mail()]
    for address in ("/", "/members/hanna", "/members/", "/advocates/", "/stories/", "/blog/", "/forum/repairs/"):
        assert MARK not in road.prospect.get(address).text, address
    assert road.prospect.get(CERTIFICATE).status_code == 410
    assert "Not in force" in road.prospect.get(BADGE).text
    page = road.me.get("/account/recognition").text
    words = re.sub(r"<[^>]+>", "", page)
    assert re.search(r"Advocate 2026: \d+ \w+ 2026 to \d+ \w+ 2026", words), "what was stays as history"
    assert road.ledger() == (12, 10)


def told_in(told: dict[str, str], subject: str) -> str:
    """The text of the mail about this, be it the only thing it tells of or one of several."""
    return next(text for head, text in told.items() if subject in (head, *text.split("* ")) or subject in text)
