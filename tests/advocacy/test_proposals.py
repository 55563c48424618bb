"""The moderators' page about recognition: evidence, drawing, findings, and one decision for each thing proposed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock as house
from portal.advocacy import chores
from portal.advocacy.models import Recognition
from portal.db import db
from portal.guard.models import Finding, FindingMember
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import recognised, solved, worthy
from tests.queries import heard

SignIn = Callable[..., Any]
Settle = Callable[[], int]
PAGE = "/advocates/proposals"


@pytest.fixture(autouse=True)
def _a_day(clock: Any) -> None:
    clock.freeze()


@pytest.fixture
def moderator(as_member: SignIn) -> Any:
    return as_member(make.moderator("mara"))


def proposed(settled: Settle, name: str = "") -> tuple[Member, list[Member]]:
    helper = make.member(name)
    people = worthy(helper)
    settled()
    db.session.commit()
    chores.nightly(always=True)
    db.session.expire_all()
    return helper, people


def state(recognition_id: int) -> str:
    return db.session.scalars(db.select(Recognition.state).where(Recognition.id == recognition_id)).one()


def number_of(helper: Member) -> int:
    return db.session.scalars(db.select(Recognition.id).where(Recognition.member_id == helper.id)).one()


def test_who_thanks_whom_is_drawn_beside_its_table(app: Flask, settled: Settle, moderator: Any) -> None:
    helper, people = proposed(settled, "hanna")
    solved(helper, people[0])
    for helps, asks in ((people[0], people[1]), (people[1], people[2]), (people[2], people[0])):
        solved(helps, asks)  # the circle among those who were helped shows too
    settled()
    page = moderator.get(PAGE).text
    assert page.count('class="who-thanks"') == 1
    assert "A closed circle of 3" in page
    assert "who-circle" in page
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert all(person.display_name in table for person in people)


def test_open_findings_about_these_people_are_named_with_a_link(app: Flask, settled: Settle, moderator: Any) -> None:
    helper, people = proposed(settled)
    for n, members in enumerate(((helper, people[0]), (people[0], people[1]))):
        finding = Finding(sort="circle", key=f"key {n}")
        db.session.add(finding)
        db.session.flush()
        db.session.add_all(FindingMember(finding_id=finding.id, member_id=m.id) for m in members)
    page = moderator.get(PAGE).text
    assert re.search(rf'About {helper.display_name}: <a href="/moderation/findings[^"]*">1 open finding</a>', page)
    assert re.search(rf"{people[0].display_name}</bdi>, <a [^>]*>2 open findings</a>", page)
    db.session.execute(db.update(Finding).values(state="cleared"))
    assert "open finding" not in moderator.get(PAGE).text


def test_the_page_asks_little_however_many_are_proposed(app: Flask, settled: Settle, moderator: Any) -> None:
    asked = []
    for _ in range(2):
        for _ in range(2):
            helper = make.member()
            worthy(helper)
        settled()
        db.session.commit()
        chores.nightly(always=True)
        moderator.get(PAGE)
        with heard(db.engine) as found:
            assert moderator.get(PAGE).text.count('id="proposal-') >= 2
        asked.append(found)
    assert len(asked[0]) == len(asked[1])
    assert len(asked[1]) <= 12, asked[1]


def test_another_term_is_confirmed_or_declined_on_the_same_page(
    app: Flask, settled: Settle, clock: Any, moderator: Any, as_member: SignIn
) -> None:
    helper = make.member("hanna")
    recognised(helper)
    clock.advance(days=310)
    worthy(helper)
    settled()
    db.session.commit()
    chores.nightly(always=True)
    number = number_of(helper)
    page = moderator.get(PAGE).text
    assert "for another term" in page
    assert f"{PAGE}/{number}/term/confirm" in page
    assert f"{PAGE}/{number}/confirm" not in page
    assert moderator.submit(f"{PAGE}/{number}/confirm").status_code == 303
    assert "Somebody else decided this already" in moderator.get(PAGE).text
    answer = moderator.submit(f"{PAGE}/{number}/term/decline", {"reason": " "})
    assert answer.status_code == 422
    assert "Please write why not" in answer.text
    assert answer.text.count('<details class="queue-reason" open') == 1
    moderator.submit(f"{PAGE}/{number}/term/decline", {"reason": "It went in <circles>."})
    page = as_member(helper).get("/account/recognition").text
    assert "No other term follows this one" in page
    assert "It went in &lt;circles&gt;." in page


def test_a_level_is_confirmed_on_the_same_page(app: Flask, moderator: Any, client: Any) -> None:
    helper = make.member("hanna")
    r = recognised(helper)
    r.level_proposed = "mentor"
    page = moderator.get(PAGE).text
    assert "From advocate to mentor?" in page
    assert re.search(r"0 of 15</span> verified customers", page)
    moderator.submit(f"{PAGE}/{r.id}/level/confirm")
    assert "Nobody is proposed now." in moderator.get(PAGE).text
    assert 'href="/advocates/marks?of=hanna#mentor"' in client.get("/members/hanna").text


def test_a_moderator_cannot_decide_about_the_own_proposal(app: Flask, as_member: SignIn) -> None:
    me = make.moderator()
    r = recognised(me, "proposed")
    visitor = as_member(me)
    page = visitor.get(PAGE).text
    assert "another moderator has to decide it" in page
    assert f"{PAGE}/{r.id}/confirm" not in page
    assert visitor.submit(f"{PAGE}/{r.id}/confirm").status_code == 403
    assert state(r.id) == "proposed"


def test_what_is_chosen_with_the_yes_is_kept_and_can_be_changed(app: Flask, as_member: SignIn) -> None:
    helper = make.member()
    r = recognised(helper, "confirmed")
    me = as_member(helper)
    page = me.get("/account/recognition").text
    assert page.count("checked") == 3
    me.submit("/account/recognition/accept", {"chosen": "1", "numbers": "y"})
    kept = db.session.get(Recognition, r.id, populate_existing=True)
    assert kept is not None
    assert (kept.state, kept.shows_numbers, kept.shows_answers, kept.shows_about) == ("accepted", True, False, False)
    me.submit("/account/recognition/shown", {"about": "y"})
    db.session.refresh(kept)
    assert (kept.shows_numbers, kept.shows_answers, kept.shows_about) == (False, False, True)
    page = me.get("/account/recognition").text
    assert page.count("checked") == 1
    assert f"&lt;img src=&#34;http://127.0.0.1:8000/advocates/{helper.username}/badge.svg&#34;" in page


def test_nobody_chooses_for_another_or_without_a_recognition(app: Flask, as_member: SignIn) -> None:
    r = recognised(make.member())
    as_member(make.member()).submit("/account/recognition/shown", {})
    db.session.refresh(r)
    assert r.shows_numbers
    assert house.now()
