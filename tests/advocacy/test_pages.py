"""The pages about help: what each reader may see, sums that add up, few queries."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import clock as house
from portal.advocacy import chores, scoring
from portal.advocacy.arithmetic import apportion, show
from portal.advocacy.gate import evidence_of
from portal.advocacy.models import Recognition
from portal.advocacy.own_help import own_help
from portal.advocacy.score import Line, Terms, Voice, score_all
from portal.contributions import lifecycle
from portal.contributions.thanks import withdraw_thanks
from portal.db import db
from tests import builders as make
from tests.advocacy.helping import accept, answered, recognised, solved, thanked, topic_of, worthy
from tests.queries import heard

SignIn = Callable[..., Any]
Settle = Callable[[], int]

PUBLIC = ("/advocates/", "/about/how-this-works")
OWN = ("/account/help", "/account/recognition")
ANSWERS = ("accept", "refuse", "rest", "resume", "step-down")


def state(recognition: Recognition) -> str:
    return db.session.scalars(db.select(Recognition.state).where(Recognition.id == recognition.id)).one()


@pytest.mark.parametrize("address", [*PUBLIC, *OWN, "/advocates/proposals"])
def test_pages_open_on_an_empty_site_to_whom_may(app: Flask, as_member: SignIn, client: Any, address: str) -> None:
    assert client.get(address).status_code == (200 if address in PUBLIC else 303)
    assert as_member(make.member()).get(address).status_code == (403 if "proposals" in address else 200)
    assert as_member(make.moderator()).get(address).status_code == 200


def test_the_whole_road_from_help_to_the_advocates_page(
    app: Flask, settled: Settle, as_member: SignIn, client: Any, clock: Any
) -> None:
    clock.freeze()
    helper = make.member("hanna", trade="Carpenter")
    worthy(helper)
    settled()
    chores.nightly(always=True)
    db.session.expire_all()
    me, moderator = as_member(helper), as_member(make.moderator())
    recognition = db.session.scalars(db.select(Recognition)).one()
    assert "You have passed the gate" in me.get("/account/help").text
    page = moderator.get("/advocates/proposals").text
    assert "Hanna" in page
    assert "organisation company 1" in page
    assert moderator.submit(f"/advocates/proposals/{recognition.id}/confirm").status_code == 303
    assert "Yes, I would like that" in me.get("/account/recognition").text
    assert "Hanna" not in client.get("/advocates/").text
    assert me.submit("/account/recognition/accept").status_code == 303
    page = client.get("/advocates/").text
    said = re.sub("<[^>]+>", "", page)
    assert "6 people said that Hanna helped them, all of them verified customers. A moderator looked at it" in said
    assert "Carpenter" in page
    assert "Repairs" in page
    assert page.count('href="/topics/') == 3
    assert "Company 1" not in page
    assert me.submit("/account/recognition/rest").status_code == 303
    assert "Hanna" not in client.get("/advocates/").text
    assert me.submit("/account/recognition/resume").status_code == 303
    assert me.submit("/account/recognition/step-down").status_code == 303
    assert "Nobody is an advocate yet." in client.get("/advocates/").text
    assert f"Advocate {house.now().year}" in me.get("/account/recognition").text


def test_what_is_hidden_is_not_named_among_the_answers(
    app: Flask, settled: Settle, client: Any, clock: Any
) -> None:
    clock.freeze()
    helper = make.member()
    reply = solved(helper)
    topic = topic_of(reply)
    settled()
    recognised(helper)
    assert topic.title in client.get("/advocates/").text
    lifecycle.hide(topic_of(reply), make.moderator())  # before the worker has followed up
    assert topic_of(reply).title not in client.get("/advocates/").text


def test_the_own_page_adds_up_to_the_last_digit(app: Flask, settled: Settle, as_member: SignIn, clock: Any) -> None:
    clock.freeze()
    helper = make.member(verified=True)
    people = worthy(helper, customers=7, groups=3)
    solved(people[0], helper)
    solved(people[0], helper)
    for _ in range(3):
        thanked(answered(helper))
        thanked(answered(helper), make.member())
    settled()
    clock.advance(days=17)
    page = as_member(helper).get("/account/help").text
    adds = [float(x) for x in re.findall(r"Adds <strong>([\d.]+)</strong>", page)]
    verified, others, total = (
        float(re.search(rf"<dt>{label}</dt><dd>([\d.]+)</dd>", page).group(1))  # type: ignore[union-attr]
        for label in ("from verified customers", "from everybody else", "your help score")
    )
    assert len(adds) == 13
    assert sum(adds) == pytest.approx(verified + others, abs=1e-9)
    assert total == pytest.approx(verified + min(verified, others), abs=1e-9)
    assert "you helped each other" in page
    assert "second voice from the same company or group: × ½" in page
    assert "not a verified customer" in page
    for together, lines in re.findall(r"Together ([\d.]+)()", page):
        assert float(together) >= 0
        assert not lines


def test_the_own_page_names_what_no_longer_counts(app: Flask, settled: Settle, as_member: SignIn) -> None:
    helper = make.member()
    reply = answered(helper)
    giver = thanked(reply)
    settled()
    withdraw_thanks(reply, giver)
    settled()
    page = as_member(helper).get("/account/help").text
    assert "What no longer counts" in page
    assert giver.display_name in page


def test_the_companys_people_read_why_they_have_no_score(app: Flask, settled: Settle, as_member: SignIn) -> None:
    helper = make.member(is_employee=True)
    solved(helper)
    settled()
    assert "You speak for the company" in as_member(helper).get("/account/help").text


@pytest.mark.parametrize("answer", ANSWERS)
def test_nobody_answers_what_was_not_asked(app: Flask, as_member: SignIn, client: Any, answer: str) -> None:
    member, other = make.member(), make.member()
    theirs = recognised(other, "confirmed" if answer in ("accept", "refuse") else "accepted")
    own = recognised(member, "proposed")
    address = f"/account/recognition/{answer}"
    assert as_member(member).submit(address).status_code == 303
    assert (state(own), state(theirs)) == ("proposed", "confirmed" if answer in ("accept", "refuse") else "accepted")
    assert as_member(other).post(address).status_code == 400
    assert client.submit(address).status_code in (303, 401)
    assert state(theirs) in ("confirmed", "accepted")


@pytest.mark.parametrize("verb", ["confirm", "decline"])
def test_only_moderators_decide_proposals(app: Flask, as_member: SignIn, client: Any, verb: str) -> None:
    r = recognised(make.member(), "proposed")
    address = f"/advocates/proposals/{r.id}/{verb}"
    assert as_member(make.member()).submit(address, {"reason": "no"}).status_code == 403
    assert client.submit(address).status_code in (303, 401)
    moderator = as_member(make.moderator())
    assert moderator.post(address, data={"reason": "no"}).status_code == 400
    assert moderator.submit(f"/advocates/proposals/999999/{verb}", {"reason": "no"}).status_code == 404
    assert state(r) == "proposed"
    assert moderator.submit(address, {"reason": "no"}).status_code == 303
    assert state(r) == ("confirmed" if verb == "confirm" else "declined")
    assert moderator.submit(address, {"reason": "no"}).status_code == 303
    assert "decided this already" in moderator.get("/advocates/proposals").text


def test_declining_needs_a_reason_and_keeps_what_was_typed(app: Flask, as_member: SignIn) -> None:
    r, moderator = recognised(make.member(), "proposed"), as_member(make.moderator())
    assert moderator.submit(f"/advocates/proposals/{r.id}/decline", {"reason": " "}).status_code == 422
    long = "Because. " * 200
    refused = moderator.submit(f"/advocates/proposals/{r.id}/decline", {"reason": long})
    assert refused.status_code == 422
    assert long.strip() in refused.text
    assert state(r) == "proposed"


def test_a_moderator_does_not_decide_about_themselves(app: Flask, as_member: SignIn) -> None:
    moderator = make.moderator()
    r = recognised(moderator, "proposed")
    assert as_member(moderator).submit(f"/advocates/proposals/{r.id}/confirm").status_code == 403
    assert state(r) == "proposed"


def test_how_this_works_names_the_settings_and_the_numbers(app: Flask, settled: Settle, client: Any) -> None:
    solved(make.member())
    make.topic(state="pending")
    settled()
    page = client.get("/about/how-this-works").text
    for words in ("<dt>waiting now</dt><dd>1</dd>", "The first 3 contributions", "After 60 days it counts half",
                  "a help score of 5", "below 3.50", "Everybody has 10 to give",
                  "1 member is a verified customer"):  # fmt: skip
        assert words in page, words


def test_the_number_of_queries_does_not_grow(app: Flask, settled: Settle, as_member: SignIn, clock: Any) -> None:
    clock.freeze()
    helper, moderator = make.member(verified=True), as_member(make.moderator())
    me = as_member(helper)

    def pages() -> list[int]:
        found = []
        for visitor, address in ((me, "/account/help"), (moderator, "/advocates/proposals"), (me, "/advocates/"),
                                 (me, "/about/how-this-works"), (me, "/account/recognition")):  # fmt: skip
            visitor.get(address)
            db.session.commit()
            with heard(db.engine) as asked:
                assert visitor.get(address).status_code == 200
            found.append(len(asked.reading))
        return found

    def more(n: int) -> None:
        for k in range(n):
            people = worthy(helper, customers=2)
            solved(people[0], helper)
            reply = answered(helper)
            withdraw_thanks(reply, thanked(reply))
            for state_ in ("accepted", "proposed"):
                other = make.member()
                accept(answered(other), None)
                recognised(other, state_)
            assert k < n
        settled()

    more(1)
    few = pages()
    more(4)
    assert pages() == few
    assert max(few) <= 12


@given(st.lists(st.floats(0, 200), max_size=40))
def test_rounded_parts_add_up_and_none_is_off_by_more_than_one(parts: list[float]) -> None:
    total = round(sum(parts))
    whole = apportion(parts, total)
    assert sum(whole) == total
    assert all(abs(a - b) < 1.0001 for a, b in zip(whole, parts, strict=True))


people = st.integers(1, 8)
ledgers = st.lists(st.builds(Line, people, people, st.sampled_from([0.3, 0.5, 1.0]), st.integers(0, 300)), max_size=60)


@given(ledgers, st.lists(st.sampled_from([0.05, 0.4, 1.0]), min_size=8, max_size=8))
def test_what_a_member_reads_adds_up_on_any_ledger(lines: list[Line], weights: list[float]) -> None:
    voices = {n + 1: Voice(w, w == 1.0, str(n % 3)) for n, w in enumerate(weights)}
    for score in score_all(lines, voices, Terms()).values():
        shown = show(score)
        assert sum(adds for c, adds in shown.credits if c.verified) == shown.verified
        assert sum(adds for c, adds in shown.credits if not c.verified) == shown.others
        assert abs(shown.total - 100 * score.total) <= 1.5


def test_the_evidence_on_the_own_page_is_the_evidence_of_the_gate(app: Flask, settled: Settle, clock: Any) -> None:
    clock.freeze()
    helper = make.member(verified=True)
    people = worthy(helper, customers=9, groups=4)
    solved(people[0], helper)
    thanked(answered(helper), make.member())
    settled()
    for days in (0, 100, 40, 39, 1, 1):
        clock.advance(days=days)
        scoring.recompute([helper.id])
        db.session.expire_all()
        gate, own = evidence_of({helper.id: helper.help_score})[helper.id], own_help(helper, 0, 25).evidence
        assert own.conditions() == gate.conditions()
        assert (own.customers, own.people, own.weeks) == (gate.customers, gate.people, gate.weeks)
        assert set(own.credited_in_turn) == set(gate.credited_in_turn)
