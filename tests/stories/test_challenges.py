"""Challenges: moderators open, change, close and delete them; members enter; their walls show what is published."""

from datetime import timedelta

import pytest

from portal import clock as clocks
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Product
from portal.media.commands import receive_picture
from portal.stories import challenge_commands as commands
from portal.stories.models import Challenge, Photo
from tests.builders import challenge, member, moderator, photo
from tests.stories.test_photos import SMALL, TYPED


def day(days):
    return (clocks.now() + timedelta(days=days)).date().isoformat()


def typed(**changes):
    form = {"title": "Show us your first ride", "source": "Any *wheel* counts.", "product": "0"}
    return {**form, "opens": day(0), "closes": day(20), **changes}


@pytest.fixture
def judge(as_member):
    return as_member(moderator())


@pytest.fixture
def entrant(as_member):
    """`entrant.sends(**typed)`: somebody signed in sends one picture."""
    visitor = as_member(who := member())

    def sends(**changes):
        token = receive_picture(who, SMALL).token
        visitor.token = token
        return visitor.submit("/photos/new", {**TYPED, "pictures": token, f"alt-{token}": "A wheel", **changes})

    visitor.sends = sends
    return visitor


def test_a_moderator_opens_one_and_everybody_reads_it(judge, client, clock, db):
    clock.freeze()
    answer = judge.submit("/photos/challenges/new", typed())
    assert answer.location == "/photos/challenges/show-us-your-first-ride"
    page = client.get(answer.location).text
    assert "Any <em>wheel</em> counts." in page
    assert "20 days left" in page or "21 days left" in page
    assert "/photos/new?challenge=show-us-your-first-ride" in page
    for where in ("/photos/", "/photos/challenges/"):
        assert "Show us your first ride" in client.get(where).text
    assert judge.submit("/photos/challenges/new", typed()).location.endswith("/show-us-your-first-ride-2")


NEXT_YEAR = clocks.now().year + 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "Please write a title."),
        ({"opens": ""}, "Please give a day"),
        ({"opens": "tomorrow"}, "Please give a day"),
        ({"opens": "2026-02-30"}, "Please give a day"),
        ({"closes": "9999-12-31"}, "a day of these years"),
        ({"opens": "2025-01-02", "closes": "2025-01-03"}, "This day has passed."),
        ({"opens": f"{NEXT_YEAR}-01-02", "closes": f"{NEXT_YEAR}-01-01"}, "The last day lies before the first."),
        ({"product": "99"}, "one of the products"),
    ],
)
def test_what_cannot_be_is_said_and_stays_typed(judge, db, wrong, sentence):
    answer = judge.submit("/photos/challenges/new", typed(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Any *wheel* counts." in answer.text
    assert db.session.query(Challenge).count() == 0


@pytest.mark.parametrize("slug", ["nothing", "new%00", "%F0%9F%9A%B2", "a" * 3000, "..%2F..", "'--"])
def test_a_challenge_there_is_not_is_not_found(client, judge, slug):
    assert client.get(f"/photos/challenges/{slug}").status_code == 404
    assert judge.submit(f"/photos/challenges/{slug}/close", {}).status_code == 404
    assert client.get(f"/photos/?challenge={slug}").status_code == 200


def test_a_title_without_letters_or_called_new_has_an_address_all_the_same(judge, client):
    for title in ("🚲", "New"):
        answer = judge.submit("/photos/challenges/new", typed(title=title))
        assert client.get(answer.location).status_code == 200, title


def test_one_to_come_is_known_to_moderators_alone(judge, client, entrant):
    c = challenge("Later", opens=3, closes=5)
    assert client.get(f"/photos/challenges/{c.slug}").status_code == 404
    assert "Later" not in client.get("/photos/challenges/").text
    assert "Later" not in client.get("/photos/").text
    assert "Later" not in entrant.get(f"/photos/new?challenge={c.slug}").text
    assert "To come" in judge.get("/photos/challenges/").text
    assert judge.get(f"/photos/challenges/{c.slug}").status_code == 200


def test_changed_it_keeps_its_address_and_the_hour_at_which_it_was_closed(judge, db, clock):
    clock.freeze(clocks.now().replace(hour=12))
    c = challenge("Old name")
    assert judge.submit(f"/photos/challenges/{c.slug}/close", {}).status_code == 303
    closed_at = c.closes_at
    form = typed(title="New name", opens=c.opens_at.date().isoformat(), closes=c.last_day.isoformat())
    assert judge.submit(f"/photos/challenges/{c.slug}/edit", form).status_code == 303
    assert (c.title, c.slug, c.closes_at) == ("New name", "old-name", closed_at)
    assert not c.is_open
    judge.submit(f"/photos/challenges/{c.slug}/edit", form | {"closes": day(4)})
    assert c.is_open


def test_closed_early_it_takes_no_more_entries_and_closing_again_changes_nothing(judge, client, entrant, db):
    c = challenge()
    entrant.sends(challenge=c.slug)
    assert judge.submit(f"/photos/challenges/{c.slug}/close", {}).status_code == 303
    closed_at = c.closes_at
    judge.submit(f"/photos/challenges/{c.slug}/close", {})
    assert c.closes_at == closed_at
    page = client.get(f"/photos/challenges/{c.slug}").text
    assert "was open until" in page
    assert "/photos/new?challenge" not in page


def test_one_that_nobody_entered_is_deleted_and_another_is_not(judge, db, app):
    c, entered = challenge(), challenge()
    photo(challenge_id=entered.id, state="removed")
    assert "Delete it" in judge.get(f"/photos/challenges/{c.slug}/edit").text
    assert "Delete it" not in judge.get(f"/photos/challenges/{entered.slug}/edit").text
    assert judge.submit(f"/photos/challenges/{c.slug}/delete", {}).status_code == 303
    answer = judge.submit(f"/photos/challenges/{entered.slug}/delete", {})
    assert answer.status_code == 403
    assert "Somebody has entered" in answer.text
    assert [x.id for x in db.session.query(Challenge)] == [entered.id]


def test_commands_ask_who_calls_them(db):
    c, nobody = challenge(), member()
    days = {"opens": c.opens_at.date(), "closes": c.last_day}
    for call in (
        lambda: commands.open_challenge(nobody, title="Mine", source="", **days),
        lambda: commands.change_challenge(c, nobody, title="Mine", source="", product_id=None, **days),
        lambda: commands.close_challenge(c, nobody),
        lambda: commands.delete_challenge(c, nobody),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_one_that_has_not_begun_cannot_be_closed(judge):
    c = challenge(opens=2, closes=3)
    assert judge.submit(f"/photos/challenges/{c.slug}/close", {}).status_code == 403


def test_an_entry_says_so_and_stands_on_its_wall(entrant, client, db, settled):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    db.session.flush()
    c = challenge("First ride", product_id=product.id)
    form = entrant.get(f"/photos/new?challenge={c.slug}").text
    assert "Your entry in the challenge" in form
    assert f'value="{c.slug}"' in form
    assert "selected" in form.split('name="product"')[1].split("Tern")[0]
    answer = entrant.sends(challenge=c.slug)
    settled()
    entry = db.session.query(Photo).one()
    assert entry.challenge_id == c.id
    assert "Entry in" in client.get(answer.location).text
    page = client.get(f"/photos/challenges/{c.slug}").text
    assert "Over the pass" in page
    assert "1 entry" in page
    # changed later, it stays an entry, whatever the form says
    entrant.submit(f"/photos/{entry.id}/edit", {**TYPED, "pictures": entrant.token, "challenge": "other"})
    assert entry.challenge_id == c.id


@pytest.mark.parametrize("over", [True, False])
def test_entering_what_is_over_keeps_what_was_typed_and_goes_on_without(entrant, db, clock, over):
    slug = "no-such-thing"
    if over:
        slug = (c := challenge("First ride", opens=-9, closes=-1)).slug
        assert "is over" in entrant.get(f"/photos/new?challenge={slug}").text
    page = entrant.sends(challenge=slug)
    assert page.status_code == 200
    assert ("“First ride” is over" if over else "There is no such challenge now") in page.text
    assert "Seven in the morning, **minus two**." in page.text
    assert f'value="{slug}"' not in page.text
    assert db.session.query(Photo).count() == 0
    assert entrant.sends(challenge="").status_code == 303
    assert db.session.query(Photo).one().challenge_id is None
    assert not over or c.is_over


def test_what_waits_or_was_hidden_is_neither_shown_nor_counted(client, db):
    c = challenge()
    for state in ("published", "pending", "hidden", "removed", "returned"):
        photo(title=f"It is {state}", state=state, challenge_id=c.id)
    for where in (f"/photos/challenges/{c.slug}", "/photos/", "/photos/challenges/"):
        assert "1 entry" in client.get(where).text, where
    for where in (f"/photos/challenges/{c.slug}", f"/photos/?challenge={c.slug}"):
        page = client.get(where).text
        assert not any(f"It is {state}" in page for state in ("pending", "hidden", "removed", "returned"))
