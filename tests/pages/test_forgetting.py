"""What was changed is gone from kept pages with the answer to whoever changed it; what was not is still kept."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import activity, pages
from portal import models as every_table  # noqa: F401
from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.contributions.thanks import give_thanks
from portal.db import db, writing
from portal.members.models import Member
from portal.pages import forgetting
from portal.pages.marks import ALL, FolderMarks
from tests import builders
from tests.finding import at
from tests.pages.test_kept import asked, site  # noqa: F401 (fixtures)

LISTS = (
    "/", "/forum/", "/photos/", "/stories/", "/blog/", "/members/", "/feeds/all.atom", "/feeds/forum.atom",
    "/sitemap.xml",
)  # fmt: skip


@pytest.fixture
def kept(asked):  # noqa: F811
    """`kept(*addresses)`: have these pages kept; `kept.costs(address)`: the statements that the next reader costs."""

    def keep(*addresses):
        for address in addresses:
            asked(address)
            assert asked(address)[1] == 0, address

    keep.costs = lambda address: asked(address)[1]
    keep.text = lambda address: asked(address)[0].text
    return keep


@pytest.mark.parametrize("make", [builders.topic, builders.story, builders.photo, builders.article])
@pytest.mark.parametrize("how", ["hide", "remove"])
def test_what_a_moderator_takes_from_view_is_gone_with_the_answer(site, kept, make, how):  # noqa: F811
    taken, other = make(title="Never again seen"), make(title="Still there")
    db.session.commit()
    everywhere = (*LISTS, at(taken), at(other), f"/members/{db.session.get(Member, taken.author_id).username}")
    kept(*everywhere)
    assert "Never again seen" in "".join(kept.text(address) for address in everywhere)
    moderator = site.test_client().sign_in(builders.moderator())
    answer = moderator.submit(f"/moderation/{taken.id}/{how}", {"reason": "spam", "words": "It is spam."})
    assert answer.status_code == 303
    for address in everywhere:
        assert "Never again seen" not in kept.text(address), address


def test_a_reply_is_there_with_the_answer_and_other_conversations_stay_kept(site, kept):  # noqa: F811
    topic, other = builders.topic(title="The brake squeaks"), builders.topic(title="The saddle")
    author = builders.member(published_count=40)
    kept(at(topic), at(other), "/forum/")
    signed_in = site.test_client().sign_in(author)
    typed = {"source": "Clean the rim with alcohol.", "submission_key": "k" * 22}
    sent = signed_in.submit(f"/c/{topic.id}/reply", typed)
    assert sent.status_code in (302, 303)
    assert "Clean the rim" in kept.text(at(topic))
    assert kept.costs("/forum/") > 0
    assert kept.costs(at(other)) == 0


def test_thanks_show_at_once_where_they_were_given(kept):
    topic = builders.topic()
    reply = builders.reply(topic)
    reader = builders.member()
    db.session.commit()
    kept(at(topic))
    with writing():
        give_thanks(reply, reader)
    assert kept.costs(at(topic)) > 0


def test_a_prospects_click_shows_on_its_page_and_forgets_no_other_conversation(site, kept):  # noqa: F811
    told, topic = builders.story(), builders.topic()
    db.session.commit()
    kept(at(told), at(topic))
    assert site.test_client().post(f"/c/{told.id}/decided").status_code == 303
    assert (kept.costs(at(told)) > 0, kept.costs(at(topic))) == (True, 0)


def test_a_web_server_that_starts_begins_with_no_pages_and_a_command_takes_none_away(site, make_app, kept):  # noqa: F811
    kept("/forum/")
    another = make_app(pages_seconds=60)
    assert kept.costs("/forum/") == 0
    pages.begin(another)
    assert kept.costs("/forum/") > 0


def test_a_new_name_of_a_member_the_site_or_a_board_is_everywhere_at_once(site, kept):  # noqa: F811
    author, board = builders.member("anna", display_name="Anna Alt"), builders.board("Old board")
    topic = builders.topic(author, board=board)
    db.session.commit()
    kept(at(topic), "/forum/")
    author.display_name = "Anna Neu"
    board.name = "New board"
    db.session.commit()
    assert "Anna Neu" in kept.text(at(topic))
    assert "New board" in kept.text("/forum/")


def test_what_readers_and_the_worker_leave_behind_forgets_nothing(site, kept):  # noqa: F811
    topic, reader = builders.topic(), builders.member()
    db.session.commit()
    activity.follow_up()
    kept(at(topic), "/forum/")
    own = site.test_client().sign_in(reader)
    for address in (at(topic), "/account/", "/search?q=brake", "/notifications/"):
        own.get(address)
    token = own.csrf_token()
    own.put("/drafts", json={"key": "topic", "fields": {"title": "Begun"}}, headers={"X-CSRFToken": token})
    activity.follow_up()
    assert [kept.costs(at(topic)), kept.costs("/forum/")] == [0, 0]


def test_a_worker_makes_good_what_a_process_that_died_could_not_forget(site, make_app, kept):  # noqa: F811
    topic = builders.topic(title="Never again seen")
    db.session.commit()
    activity.follow_up()
    kept("/forum/", at(topic))
    deaf = make_app(pages_seconds=0)  # commits, and changes no mark: as if killed right after the commit
    with deaf.app_context(), writing():
        lifecycle.hide(db.session.get(Contribution, topic.id), builders.moderator(), "It is spam.")
    assert kept.costs("/forum/") == 0
    activity.follow_up()
    assert "Never again seen" not in kept.text("/forum/") + kept.text(at(topic))


def test_what_was_undone_forgets_nothing(site, kept):  # noqa: F811
    builders.board("Old board")
    db.session.commit()
    kept("/forum/")
    db.session.execute(update(db.metadata.tables["board"]).values(name="New board"))
    db.session.rollback()
    assert kept.costs("/forum/") == 0


def test_what_a_savepoint_keeps_is_forgotten_when_all_of_it_is_kept(site, kept):  # noqa: F811
    builders.board("Old board")
    db.session.commit()
    kept("/forum/")
    with db.session.begin_nested():
        db.session.execute(update(db.metadata.tables["board"]).values(name="New board"))
    db.session.commit()
    assert "New board" in kept.text("/forum/")


TABLES = sorted(db.metadata.tables)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("name", TABLES)
def test_every_statement_that_writes_is_known_by_its_table(name, dialect):
    table = db.metadata.tables[name]
    first = next(iter(table.c)).name
    for statement in (insert(table), update(table).values({first: None}), table.delete()):
        assert _noted(str(statement.compile(dialect=dialect))) == {name}


@pytest.mark.parametrize(
    ("statement", "noted"),
    [
        ("SELECT 1", set()), ("  \n select pg_advisory_xact_lock(1)", set()), ("PRAGMA foreign_keys", set()),
        ('insert into "member" (id) values (1)', {"member"}), ("UPDATE ONLY public.member SET x=1", {"public.member"}),
        ("TRUNCATE member", {"?"}), ("WITH x AS (SELECT 1) DELETE FROM member", {"?"}), ("VACUUM", {"?"}),
        ("DROP TABLE member", {"?"}), ("\n  DELETE\nFROM member", {"?"}),
    ],
)  # fmt: skip
def test_what_is_not_known_counts_as_writing(statement, noted):
    assert _noted(statement) == noted


def _noted(statement):
    forgetting._now.clear()
    forgetting._note_statement(None, None, statement, None, None, False)
    found = forgetting._now.tables
    forgetting._now.clear()
    return found


def test_tables_that_are_said_to_be_unseen_exist(app):
    assert forgetting.UNSEEN_TABLES - {"alembic_version"} <= set(TABLES)


def test_verbs_that_are_said_to_add_are_recorded(app):
    assert set(activity.reaction_map()) >= forgetting.ADDED | forgetting.ABOUT_PEOPLE


# marks


def test_marks_are_the_same_for_all_processes_and_change_one_by_one(tmp_path):
    one, other = FolderMarks(tmp_path), FolderMarks(tmp_path)
    before = one.read([ALL, "c1", "c2"])
    other.change(["c1"])
    after = one.read([ALL, "c1", "c2"])
    assert (before[0], before[2]) == (after[0], after[2])
    assert before[1] != after[1]
    assert other.read([ALL, "c1", "c2"]) == after
