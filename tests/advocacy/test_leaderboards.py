"""Who helped most people this month and this year: off unless switched on, people and not scores, never of all time."""

import re
from datetime import timedelta

import pytest

from portal import clock as house
from portal.contributions.thanks import give_thanks
from tests import builders as make
from tests.advocacy.helping import recognised, solved, thanked

MONTH, YEAR = "/advocates/this-month", "/advocates/this-year"


@pytest.fixture
def on(make_app):
    """An application in which they are switched on, its context pushed."""
    app = make_app(leaderboards=True)
    with app.app_context():
        yield app


@pytest.fixture
def follow(on):
    """Let the worker follow up what is owed."""
    from portal.activity import follow_up
    from portal.db import db

    def settle():
        db.session.commit()
        follow_up()
        db.session.expire_all()

    return settle


def rows(visitor, address):
    """(place, username, people) of each row."""
    page = visitor.get(address)
    assert page.status_code == 200
    pattern = r'class="leader">.*?</span>(\d+)</span>.*?/members/(\w+)".*?helped (\d+) p'
    return [(int(place), who, int(n)) for place, who, n in re.findall(pattern, page.text, flags=re.DOTALL)]


def help_people(helper, number, **facts):
    for _ in range(number):
        solved(helper, make.member(**({"verified": True} | facts)))


def test_they_are_not_there_unless_switched_on(client, app):
    for address in (MONTH, YEAR):
        assert client.get(address).status_code == 404
    assert "this-month" not in client.get("/advocates/").text + client.get("/about/how-this-works").text


def test_switched_on_they_are_linked_and_there_is_none_of_all_time(on):
    visitor = on.test_client()
    assert MONTH in visitor.get("/advocates/").text
    assert MONTH in visitor.get("/about/how-this-works").text
    for address in ("/advocates/all-time", "/advocates/this-week", "/advocates/this-decade"):
        assert visitor.get(address).status_code == 404


def test_they_count_different_people_and_equals_share_a_place(on, follow):
    anna, bert, cora = make.member("anna"), make.member("bert"), make.member("cora")
    help_people(anna, 3)
    help_people(bert, 3)
    loud = make.member(verified=True)
    for _ in range(6):
        thanked(solved(cora, loud))
        break
    for _ in range(5):
        solved(cora, loud)
    follow()
    visitor = on.test_client()
    assert rows(visitor, MONTH) == [(1, "anna", 3), (1, "bert", 3), (3, "cora", 2)]
    assert "3 people who helped this month" in visitor.get(MONTH).text


def test_a_month_and_a_year_begin_anew(on, follow, clock):
    clock.freeze(house.now().replace(month=5, day=20, hour=12, minute=0, second=0, microsecond=0))
    helper = make.member("helper")
    help_people(helper, 1)
    clock.advance(days=20)
    help_people(helper, 2)
    follow()
    visitor = on.test_client()
    assert (rows(visitor, MONTH), rows(visitor, YEAR)) == ([(1, "helper", 2)], [(1, "helper", 3)])
    clock.advance(days=30)
    assert rows(visitor, MONTH) == []
    clock.freeze(house.now() + timedelta(days=365))
    assert rows(visitor, YEAR) == []


@pytest.mark.parametrize("fact", ["is_employee", "is_admin", "suspended_at", "erased_at"])
def test_the_company_and_who_is_suspended_are_not_on_it_and_do_not_count(on, follow, fact):
    value = True if fact.startswith("is_") else house.now()
    boss, customer = make.member("boss"), make.member("customer")
    solved(customer, boss)
    help_people(boss, 2)
    help_people(customer, 1)
    follow()
    setattr(boss, fact, value)
    visitor = on.test_client()
    assert rows(visitor, MONTH) == [(1, "customer", 1)]
    assert "1 person who helped this month" in visitor.get(MONTH).text


def test_who_is_suspended_later_is_gone_from_what_is_remembered_too(on, follow):
    helper = make.member("helper")
    help_people(helper, 1)
    follow()
    visitor = on.test_client()
    assert len(rows(visitor, MONTH)) == 1
    helper.suspended_at = house.now()
    assert rows(visitor, MONTH) == []


def test_fresh_accounts_move_nobody_up(on, follow):
    honest, cheat = make.member("honest"), make.member("cheat")
    help_people(honest, 1)
    reply = solved(cheat)
    for _ in range(9):
        give_thanks(reply, make.member(new=True))
    follow()
    assert sorted(rows(on.test_client(), MONTH)) == [(1, "cheat", 1), (1, "honest", 1)]


def test_who_shows_no_numbers_is_not_on_it_and_thanks_taken_back_do_not_count(on, follow):
    from portal.contributions.thanks import withdraw_thanks

    shy, fair = make.member("shy"), make.member("fair")
    help_people(shy, 2)
    recognised(shy).shows_numbers = False
    reply = solved(fair)
    giver = thanked(reply)
    follow()
    withdraw_thanks(reply, giver)
    follow()
    assert rows(on.test_client(), MONTH) == [(1, "fair", 1)]


def test_only_the_first_are_named_and_it_says_of_how_many(on, follow):
    for n in range(23):
        help_people(make.member(f"helper{n}"), 1)
    follow()
    visitor = on.test_client()
    assert len(rows(visitor, MONTH)) == 20
    assert "The first 20 of 23 people who helped this month" in visitor.get(MONTH).text


@pytest.mark.parametrize(("said", "meant"), [("yes", True), ("TRUE", True), ("off", False), ("0", False), ("", False)])
def test_the_setting_is_yes_or_no(said, meant, tmp_path):
    from portal import config

    assert config.load({"PORTAL_LEADERBOARDS": said, "PORTAL_DATA_DIR": str(tmp_path)}).leaderboards is meant


def test_the_setting_is_nothing_else():
    from portal import config

    with pytest.raises(config.SettingsError, match="yes or no, not 'perhaps'"):
        config.load({"PORTAL_LEADERBOARDS": "perhaps"})
