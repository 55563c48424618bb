"""Pieces of pages that are kept: the same bytes as made anew, true at once, and with nobody's secrets in them."""

import re
from datetime import timedelta

import pytest
from flask import url_for
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

from portal import clock as time
from portal.contributions import lifecycle
from portal.contributions.addresses import endpoint_of, numbered, url_of
from portal.contributions.below import pieces
from portal.contributions.drafts import keep
from portal.contributions.models import Contribution, ReadMarker
from portal.contributions.rows import CONTRIBUTION, reply_row, select_replies
from portal.contributions.thanks import give_thanks
from portal.contributions.thanks_words import say_why
from portal.contributions.thread import Shown
from portal.contributions.writing import edit
from portal.forum.commands import accept_reply
from portal.fragments import KEPT_CHARACTERS, Fragments, fragments
from portal.members.models import BoardRole
from portal.members.traits import Person
from tests.builders import admin, article, board, member, moderator, photo, reply, story, topic

LOOKS = {"User-Agent": "curl/8", "Sec-Purpose": "prefetch"}
"""Headers of who is no reader, so that a look changes no page by being counted."""
TOKENS = re.compile(r'(name="csrf_token" value="|name="csrf-token" content="|name="submission_key"[^>]*value=")[^"]*')


@pytest.fixture
def talk(app, db, clock):
    """A question with replies of every state, and its people by what they are to it."""
    clock.freeze(time.ago(days=3))
    people = {
        "asker": member("asker", display_name="<b>Éva & co</b>"),
        "helper": member("helper", verified=True, owns="a Tern"),
        "reader": member("reader"), "boardmod": member("boardmod", board_roles=1), "mod": moderator("mod"),
        "employee": member("employee", is_employee=True), "admin": admin("boss"),
    }  # fmt: skip
    with app.test_request_context():
        db.session.add(BoardRole(member_id=people["boardmod"].id, board_id=board("Repairs").id, role="moderator"))
        asked = topic(people["asker"], title="How do I <true> a wheel?", tags=("wheels", "spokes"))
        replies = {
            state: reply(asked, people["helper"], text=f"This one is *{state}*.", state=state)
            for state in ("published", "hidden", "pending", "removed", "returned")
        }
        solved, thanked = (
            reply(asked, people["employee"], text="Turn it."),
            reply(asked, people["admin"], text="Or not."),
        )
        accept_reply(solved, people["asker"])
        give_thanks(thanked, people["reader"])
        say_why(thanked, people["reader"], "for my own eyes")
        give_thanks(replies["published"], people["asker"])
        clock.advance(days=1)
        edit(replies["published"], people["helper"], source="It was changed later.")
        clock.advance(days=2)
        for one in people.values():
            db.session.add(ReadMarker(member_id=one.id, contribution_id=asked.id, position=asked.last_position))
    return asked, people, replies | {"solved": solved, "thanked": thanked}


def pages_of(client, address):
    return TOKENS.sub(r"\1", client.get(address, headers=LOOKS).text)


@pytest.mark.parametrize("who", ["nobody", "asker", "helper", "reader", "boardmod", "mod", "employee", "admin"])
def test_what_is_kept_is_what_would_be_made_anew(app, as_member, client, talk, who):
    asked, people, _ = talk
    visitor = client if who == "nobody" else as_member(people[who])
    with app.test_request_context():
        addresses = (url_of(asked), url_of(asked, order="helpful"), "/", "/forum/", "/forum/repairs/", "/photos/")
    photo(), story()
    for address in addresses:
        fragments().forget()
        anew, kept = pages_of(visitor, address), pages_of(visitor, address)
        assert kept == anew
        # Whoever else looks in between leaves nothing of their own.
        for other in (people["mod"], people["helper"]):
            as_member(other).get(address, headers=LOOKS)
        assert pages_of(visitor, address) == anew


def test_a_word_of_the_readers_own_is_kept_for_nobody(app, as_member, client, talk):
    asked, people, _ = talk
    with app.test_request_context():
        address = url_of(asked)
    assert "for my own eyes" in as_member(people["reader"]).get(address).text
    assert "for my own eyes" not in repr(fragments()._kept)
    assert "This one is" not in "".join(re.findall(r"pending.*", client.get(address).text))
    for state in ("pending", "returned"):
        as_member(people["mod"]).get(address)
        assert f"<em>{state}</em>" not in repr(fragments()._kept)


def test_no_token_is_kept_and_each_reader_gets_their_own(app, as_member, talk):
    asked, people, _ = talk
    with app.test_request_context():
        address = url_of(asked)
    found = []
    for who in ("reader", "employee"):
        page = as_member(people[who]).get(address).text
        found.append(set(re.findall(r'name="csrf_token" value="([^"]+)', page)))
        assert len(found[-1]) == 1
        assert fragments()._mark not in page
        assert next(iter(found[-1])) not in repr(fragments()._kept)
    assert not found[0] & found[1]


def test_all_replies_are_one_piece_for_those_who_see_the_same(app, as_member, client, talk):
    asked, people, _ = talk
    with app.test_request_context():
        address = url_of(asked)
    lists = lambda: sum(key[0] is pieces for key in fragments()._kept)  # noqa: E731
    fragments().forget()
    for _ in range(2):
        client.get(address, headers=LOOKS)
    assert lists() == 1
    # Of those who wrote none of them and may do the same, one has what the other has, but for who thanked whom.
    as_member(member("one")).get(address, headers=LOOKS)
    as_member(member("another")).get(address, headers=LOOKS)
    assert lists() == 2
    # Their words, and what not all can read, are in none.
    as_member(people["reader"]).get(address, headers=LOOKS)
    as_member(people["mod"]).get(address, headers=LOOKS)
    assert lists() == 2


def test_what_a_member_typed_is_kept_for_nobody(app, db, as_member, talk):
    asked, people, _ = talk
    with app.test_request_context():
        address = url_of(asked)
        keep(people["employee"], f"reply:{asked.id}", {"source": "half a thought of mine"})
        db.session.commit()
    assert "half a thought of mine" in as_member(people["employee"]).get(address).text
    assert "half a thought of mine" not in repr(fragments()._kept)


def hide(asked, people, replies):
    lifecycle.hide(replies["published"], people["mod"], "Not kind.")


def rename(asked, people, replies):
    people["helper"].display_name = "Somebody else"


def verify_no_more(asked, people, replies):
    people["helper"].verified_at = None


def rewrite(asked, people, replies):
    replies["published"].html = "<p>Another text.</p>"


def erase(asked, people, replies):
    people["helper"].erased_at = time.now()


def thank(asked, people, replies):
    give_thanks(replies["published"], people["mod"])


def retitle(asked, people, replies):
    asked.title = "Another title"


def promise(asked, people, replies):
    replies["published"].incentive = "a bell"


@pytest.mark.parametrize("change", [hide, rename, verify_no_more, rewrite, erase, thank, retitle, promise])
def test_what_changes_shows_at_the_next_look(app, db, client, talk, change):
    asked, people, replies = talk
    with app.test_request_context():
        address = url_of(asked)
        before = pages_of(client, address)
        change(asked, people, replies)
        db.session.commit()
    after = pages_of(client, address)
    assert after != before
    fragments().forget()
    assert pages_of(client, address) == after


def test_how_long_ago_it_was_is_true_at_each_look(app, client, talk, clock):
    with app.test_request_context():
        address = url_of(talk[0])
    page = client.get(address).text
    assert {"3 days ago", "2 days ago"} <= set(re.findall(r"\d days ago", page))
    clock.advance(days=1)
    assert {"4 days ago", "3 days ago"} == set(re.findall(r"\d days ago", client.get(address).text))
    clock.advance(days=-1)  # a clock may be set back
    assert {"3 days ago", "2 days ago"} <= set(re.findall(r"\d days ago", client.get(address).text))


def test_a_suspension_is_over_when_its_term_is(app, db, client, talk, clock):
    asked, people, _ = talk
    people["helper"].advocate_since = time.now()
    people["helper"].suspended_at, people["helper"].suspended_until = time.now(), time.now() + timedelta(hours=1)
    db.session.commit()
    with app.test_request_context():
        address = url_of(asked)
    assert "mark-advocate" not in client.get(address).text
    clock.advance(days=1)
    assert "mark-advocate" in client.get(address).text


def test_a_row_has_what_the_whole_member_has(app, db, talk):
    replies = talk[2]
    with app.test_request_context():
        for whole in replies.values():
            row = reply_row(db.session.execute(select_replies(CONTRIBUTION.c.id == whole.id)).one(), None)
            for name in ("is_published", "total_thanks", "is_accepted", "shows_edited", "name", "is_reply"):
                assert getattr(row, name) == getattr(whole, name), name
            for name in (*Person._fields, "known_for", "initials", "portrait_url", "is_verified_customer"):
                assert getattr(row.author, name) == getattr(whole.author, name), name


def test_the_frame_of_all_is_kept_without_anybody(app, as_member, client, talk):
    asked, people, _ = talk
    with app.test_request_context():
        address = url_of(asked)
    fragments().forget()
    for visitor in (client, as_member(people["reader"]), as_member(people["mod"])):
        assert visitor.get(address, headers=LOOKS).status_code == 200
    kept = {key: one.piece for key, one in fragments()._kept.items()}
    frame = {key: piece for key, piece in kept.items() if key[0] == "layouts/_frame.html"}
    assert {key[1] for key in frame} == {"head", "files", "foot"}
    for who in ("reader", "mod"):
        assert f"@{people[who].username}" in repr(kept)
        assert f"@{people[who].username}" not in repr(frame)
    assert len([key for key in frame if key[1] == "head"]) == 1


def test_an_address_is_what_the_view_has(app):
    with app.test_request_context():
        for made in (topic(title="Wie schön!"), story(), photo(), article()):
            endpoint, own = endpoint_of(made)
            assert url_of(made) == url_for(endpoint, **own) == made.address


def test_numbered_addresses_are_those_of_the_views(app):
    with app.test_request_context():
        for endpoint, name in (
            ("contributions.thank", "contribution_id"), ("contributions.report", "contribution_id"),
            ("contributions.edit", "contribution_id"), ("moderation.show_item", "contribution_id"),
            ("forum.accept_reply", "reply_id"), ("forum.edit_topic", "topic_id"),
        ):  # fmt: skip
            assert numbered(endpoint, 12) == url_for(endpoint, **{name: 12})


def test_a_fragment_can_ask_for_nothing_of_the_reader(app):
    kept = Fragments(app.jinja_env)
    for asks in ("current_user.id", "request.path", "session.x", "g.x", "get_flashed_messages()", "can_invite(1)"):
        env = kept._environment()
        with pytest.raises(UndefinedError), app.test_request_context():
            env.from_string("{{ " + asks + " }}").render()


@pytest.mark.parametrize("made_of", [["a list"], Markup("<b>"), Contribution, Shown(["a list"], "")])  # type: ignore[list-item]
def test_a_fragment_is_made_of_values_alone(app, made_of):
    with pytest.raises(TypeError):
        fragments().of(str, made_of)


def test_what_was_not_shown_for_longest_goes_first(app):
    kept, made = Fragments(app.jinja_env), []

    def make(n: int) -> str:
        made.append(n)
        return "x" * (KEPT_CHARACTERS // 10)

    for n in (1, 2, 3, 4, 5, 6, 7, 8, 1, 9, 10, 1):
        kept.of(make, n)
    assert made == list(range(1, 11))
    assert kept._characters <= KEPT_CHARACTERS
    kept.of(make, 2)
    assert made[-1] == 2
