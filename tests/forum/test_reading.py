"""The forum as it is read: index, boards, topics, pages of replies, unread ones."""

import re

import pytest
from sqlalchemy import update

from portal.contributions.models import Contribution, ReadMarker
from portal.contributions.thanks import give_thanks, withdraw_thanks
from portal.db import db as database
from portal.forum import commands
from tests.builders import board, member, moderator, reply, topic
from tests.finding import at, author_of
from tests.queries import heard


def test_the_forum_shows_boards_with_their_latest_topic_and_open_questions(client, db):
    board("Bikes", description="All that rolls")
    topic(title="How do I true a wheel?", board=board("Bikes"))
    page = client.get("/forum/").text
    assert "All that rolls" in page
    assert page.count("How do I true a wheel?") >= 3
    assert "Can you help?" in page


def test_an_empty_forum_says_what_to_do(client, db):
    assert "There are no boards yet" in client.get("/forum/").text
    board("Bikes")
    assert "Be the first" in client.get("/forum/").text


def test_a_board_puts_pinned_topics_first_then_the_last_active(client, db):
    old, new, pinned = topic(title="Oldest"), topic(title="Newest"), topic(title="Rules")
    commands.pin(pinned, moderator())
    page = client.get("/forum/repairs/").text
    assert page.index("Rules") < page.index("Newest") < page.index("Oldest")
    assert page.count(">Rules</a>") == 1
    reply(old)
    page = client.get("/forum/repairs/").text
    assert page.index("Rules") < page.index("Oldest") < page.index("Newest")
    assert new.reply_count == 0


def test_a_board_can_be_filtered(client, db):
    asker = member()
    solved, chat, silent = (
        topic(asker, title="Solved one"),
        topic(title="A chat", format="discussion"),
        topic(title="Silent"),
    )
    commands.accept_reply(reply(solved), asker)
    reply(chat)
    for chosen, seen in {
        "all": {"Solved one", "A chat", "Silent"},
        "open": {"Silent"},
        "unanswered": {"Silent"},
        "solved": {"Solved one"},
        "nonsense": {"Solved one", "A chat", "Silent"},
    }.items():
        page = client.get(f"/forum/repairs/?filter={chosen}").text
        assert {t for t in ("Solved one", "A chat", "Silent") if f">{t}<" in page} == seen, chosen
    assert silent.is_question


def test_a_board_can_be_narrowed_to_a_tag(client, db):
    topic(title="With brakes", tags=["brakes"])
    topic(title="Without")
    page = client.get("/forum/repairs/?tag=brakes").text
    assert "With brakes" in page
    assert "Without" not in page
    assert "Nothing of that sort" in client.get("/forum/repairs/?tag=%00%F0%9F%98%80").text


@pytest.mark.parametrize(
    "path",
    ["/forum/nowhere/", "/forum/%00/", "/topics/1/x", "/topics/99999999999999999999/x", "/c/99999999999999999999"],
)
def test_what_is_not_there_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "two", "99", "1e3", "%D9%A1", "", "10000000000"])
def test_a_page_that_does_not_exist_is_not_found(client, db, number):
    t = topic()
    for path in (f"/forum/repairs/?page={number}", f"{at(t)}?page={number}", f"{at(t)}?page={number}&order=helpful"):
        assert client.get(path).status_code == 404


def test_a_topic_has_one_address(client, db):
    t = topic(title="How high should the saddle be?")
    for path in (f"/topics/{t.id}", f"/topics/{t.id}/wrong-words?page=1&_scheme=evil&topic_id=7&endpoint=x"):
        answer = client.get(path)
        assert answer.status_code == 301
        assert answer.location.startswith(at(t))
        assert "evil" not in answer.location
    assert client.get(at(t)).status_code == 200


def test_a_topic_titled_edit_is_shown_not_edited(client, db, as_member):
    for words in ("Edit", "Move", "Pin", "مرحبا بالعالم", "😀"):
        t = topic(title=words)
        assert words in as_member(author_of(t)).get(at(t)).text


def test_replies_stand_on_pages_by_their_number(make_app, db, client):
    t = topic()
    replies = [reply(t, text=f"This is reply {n} of many.") for n in range(1, 46)]
    first, second, third = (client.get(f"{at(t)}?page={n}").text for n in (1, 2, 3))
    assert "reply 20 of" in first
    assert "reply 21 of" not in first
    assert "reply 21 of" in second
    assert "reply 45 of" in third
    assert at(replies[30]) == f"{at(t)}?page=2#reply-{replies[30].id}"
    assert client.get(f"/c/{replies[30].id}").location.endswith(at(replies[30]))


def test_a_hidden_reply_leaves_its_place_and_a_line_for_those_who_may_know(client, db, as_member):
    t = topic()
    kept, hidden = reply(t, text="Stays here."), reply(t, text="Very rude words.", state="hidden")
    after = reply(t, text="Still number three.")
    assert (kept.position, after.position) == (1, 3)
    anybody = client.get(at(t)).text
    assert "rude" not in anybody
    assert "reply-gone" not in anybody
    assert "Your reply was hidden" in as_member(author_of(hidden)).get(at(t)).text
    seen = as_member(moderator()).get(at(t)).text
    assert "was hidden until it is decided" in seen
    assert "rude" not in seen
    assert client.get(f"/c/{hidden.id}").status_code == 404


def test_a_waiting_reply_is_seen_by_its_author_and_moderators_alone(client, db, as_member):
    t = topic()
    waiting = reply(t, text="I wait for somebody.", state="pending")
    assert "I wait" not in client.get(at(t)).text
    assert "I wait" not in as_member(author_of(t)).get(at(t)).text
    for who in (author_of(waiting), moderator()):
        page = as_member(who).get(at(t)).text
        assert "I wait" in page
        assert "Waiting for a moderator" in page
    assert client.get(f"/c/{waiting.id}").status_code == 404
    assert as_member(author_of(waiting)).get(f"/c/{waiting.id}").location.endswith(f"#reply-{waiting.id}")


def test_what_solved_it_stands_on_top_of_page_one(client, db):
    t = topic()
    for n in range(25):
        last = reply(t, text=f"Try number {n}.")
    commands.accept_reply(last, author_of(t))
    page = client.get(at(t)).text
    assert "Try number 24" in page
    assert f"page=2#reply-{last.id}" in page
    assert page.index("Try number 24") < page.index("Try number 0")
    assert f'id="reply-{last.id}"' not in page
    assert client.get(f"{at(t)}?page=2").text.count("Try number 24") == 1


def test_most_helpful_first(client, db):
    t = topic()
    plain, thanked, accepted = (
        reply(t, text="Plain one."),
        reply(t, text="Thanked one."),
        reply(t, text="Accepted one."),
    )

    give_thanks(thanked, member())
    commands.accept_reply(accepted, author_of(t))
    page = client.get(f"{at(t)}?order=helpful").text
    assert page.index("Accepted one.") < page.index("Thanked one.") < page.index("Plain one.")
    assert plain.total_thanks == 0


def test_unread_replies_are_counted_and_the_first_is_a_jump_away(client, db, as_member):
    reader, t = member(), topic()
    for n in range(18):
        reply(t, text=f"Early {n}.")
    visitor = as_member(reader)
    assert " new</a>" not in visitor.get("/forum/repairs/").text
    visitor.get(at(t))
    later = [reply(t, text=f"Later {n}.") for n in range(5)]
    assert "5 new" in visitor.get("/forum/repairs/").text
    jump = visitor.get(f"{at(t)}?unread=1")
    assert jump.status_code == 302
    assert jump.location.endswith(f"#reply-{later[0].id}")
    assert "page" not in jump.location
    assert visitor.get(f"/c/{t.id}?unread=1").location == jump.location
    assert "reply-new" in visitor.get(at(t)).text
    assert visitor.get(f"{at(t)}?unread=1").location.endswith(f"page=2#reply-{later[2].id}")
    visitor.get(f"{at(t)}?page=2")
    assert " new</a>" not in visitor.get("/forum/repairs/").text
    assert client.get(f"{at(t)}?unread=1").location.endswith(at(t))


def test_a_marker_never_moves_back(db, as_member, app):
    reader, t = member(), topic()
    for _ in range(25):
        reply(t)
    visitor = as_member(reader)
    visitor.get(f"{at(t)}?page=2")
    visitor.get(at(t))
    assert db.session.get(ReadMarker, (reader.id, t.id)).position == 25


def test_a_page_fetched_ahead_moves_no_marker(db, as_member):
    reader, t = member(), topic()
    reply(t)
    as_member(reader).get(at(t), headers={"Sec-Purpose": "prefetch;prerender"})
    assert db.session.get(ReadMarker, (reader.id, t.id)) is None


def test_views_count_people_but_neither_the_author_nor_programs(client, db, as_member):
    t = topic()
    client.get(at(t))
    as_member(member()).get(at(t))
    as_member(author_of(t)).get(at(t))
    client.get(at(t), headers={"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    client.get(at(t), headers={"Sec-Purpose": "prefetch"})
    client.head(at(t))
    assert t.view_count == 2


@pytest.mark.parametrize("who", ["nobody", "member", "moderator"])
def test_the_number_of_queries_does_not_grow_with_rows(client, db, as_member, who):
    visitor = client if who == "nobody" else as_member(member() if who == "member" else moderator())
    asker = member()
    t = topic(asker, tags=["one"])
    commands.accept_reply(reply(t), asker)
    reply(t), reply(t), reply(t, state="pending")  # whether any waits is asked first
    paths = ["/forum/", "/forum/repairs/", at(t)]
    for path in paths:
        visitor.get(path)
    few = {path: _asked(visitor, path) for path in paths}
    for n in range(12):
        other = topic(board=board(f"Board {n}"), tags=[f"tag{n}", "one"])
        reply(other, state="pending")
        topic(tags=[f"tag{n}"], format="discussion")
        found = reply(t, state=("published", "hidden", "pending")[n % 3])
        if found.is_published:
            commands.accept_reply(found, asker)
    many = {path: _asked(visitor, path) for path in paths}
    for path in paths:
        assert len(many[path].reading) == len(few[path].reading), (path, str(many[path]))
        assert len(many[path]) == len(few[path])
        assert len(many[path].reading) <= 12, str(many[path])


def test_thanks_that_were_taken_back_are_none_in_the_order_by_helpfulness_either(client, db, as_member):
    t, reader = topic(), member("reader")
    kept, taken_back = reply(t), reply(t)
    for one in (kept, taken_back):
        give_thanks(one, reader)
    withdraw_thanks(taken_back, reader)
    db.session.commit()
    for order in ("", "?order=helpful"):
        assert as_member(reader).get(at(t) + order).text.count("take the thanks back") == 1


def test_a_page_deep_in_a_long_topic_costs_what_page_one_costs(client, db, as_member):
    t = topic()
    author = member()
    reply(t, author)
    rows = [
        {"kind": "reply", "state": "published", "author_id": author.id, "parent_id": t.id, "position": n,
         "source": f"Number {n}", "html": f"<p>Number {n}</p>", "published_at": t.published_at}
        for n in range(2, 3001)
    ]  # fmt: skip
    db.session.execute(Contribution.__table__.insert(), rows)
    db.session.execute(
        update(Contribution.__table__).where(Contribution.id == t.id).values(last_position=3000, reply_count=3000)
    )
    db.session.commit()
    visitor = as_member(member())
    visitor.get(f"{at(t)}?page=150")
    first, deep = _asked(visitor, at(t)), _asked(visitor, f"{at(t)}?page=149")
    assert len(first) == len(deep)
    assert "Number 2961<" in visitor.get(f"{at(t)}?page=149").text
    (replies,) = [s for s in deep.statements if "BETWEEN" in s.sql and "excerpt" in s.sql]
    assert "OFFSET" not in replies.sql
    plan = _plan(db, replies)
    if db.engine.dialect.name == "sqlite":
        assert "parent_id=? AND position>? AND position<?" in plan
        assert "TEMP B-TREE" not in plan
    else:
        assert re.search(r"Index Cond: .*position", plan), plan


def _plan(db, statement):
    """How the database means to answer a statement that was heard."""
    words = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(words + statement.sql, statement.bound))


def _asked(visitor, path):
    database.session.commit()
    with heard(database.engine) as found:
        answer = visitor.get(path)
    assert answer.status_code == 200
    return found
