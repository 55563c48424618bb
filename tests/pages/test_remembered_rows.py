"""The rows of a conversation's page are asked for again as soon as any of it changed, and not before."""

import gc
from contextvars import copy_context

import pytest

from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.contributions.thanks import give_thanks
from portal.contributions.writing import edit
from portal.db import db, writing
from portal.forum.commands import accept_reply
from portal.fragments import fragments
from portal.members.models import Member
from portal.pages import remembering
from portal.pages.forgetting import forget
from portal.pages.marks import ALL, FolderMarks
from portal.pages.remembering import LISTS_AT_MOST, remembered_rows
from tests import builders
from tests.finding import at
from tests.pages.test_kept import site  # noqa: F401 (fixture)
from tests.queries import heard


@pytest.fixture
def talk(site):  # noqa: F811
    """A question with a reply; called, its page as a member gets it, and whether the replies were asked for."""
    asker = builders.member("asker", display_name="Ada")
    question = builders.topic(asker, title="How do I true a wheel?", format="question")
    answer = builders.reply(question, builders.member("helper", display_name="Hal"), text="Turn the nipple.")
    db.session.commit()
    reader, address = site.test_client().sign_in(builders.member("reader")), at(question)

    def read():
        with heard(db.engine) as found:
            page = reader.get(address)
        return page.text, any("BETWEEN" in sql and "excerpt" in sql for sql in found.reading)

    read.question, read.answer, read.asker, read.helper = question.id, answer.id, asker.id, answer.author_id
    read()
    return read


def test_the_replies_of_a_page_are_asked_for_once_while_nothing_changes(talk):
    first, second = talk(), talk()
    assert "Turn the nipple." in second[0]
    assert (first[1], second[1]) == (False, False)


def _of(model, number):
    return db.session.get_one(model, number)


def _another(talk):
    builders.reply(_of(Contribution, talk.question), text="Or buy a new one.")


def _edited(talk):
    edit(_of(Contribution, talk.answer), _of(Member, talk.helper), source="Turn it *twice*.")


def _hidden(talk):
    lifecycle.hide(_of(Contribution, talk.answer), builders.moderator(), "It is wrong.")


def _removed(talk):
    lifecycle.remove(_of(Contribution, talk.answer), builders.moderator(), "It is wrong.")


def _thanked(talk):
    give_thanks(_of(Contribution, talk.answer), _of(Member, talk.asker))


def _accepted(talk):
    answer, question = _of(Contribution, talk.answer), _of(Contribution, talk.question)
    answer.parent = question
    accept_reply(answer, _of(Member, talk.asker))


def _renamed(talk):
    _of(Member, talk.helper).display_name = "Harriet"


CHANGES = {
    _another: "Or buy a new one.", _edited: "Turn it <em>twice</em>.", _hidden: None, _removed: None,
    _thanked: "helped 1 person", _accepted: "Solved", _renamed: "Harriet",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_what_changes_in_a_conversation_is_on_a_members_page_at_once(talk, change):
    before = talk()[0]
    with writing():
        change(talk)
    after = talk()[0]
    if (words := CHANGES[change]) is None:
        assert "Turn the nipple." in before
        assert "Turn the nipple." not in after
    else:
        assert words not in before
        assert words in after


def test_what_another_process_changed_is_there_at_once(site, talk):  # noqa: F811
    with db.engine.begin() as another:  # says nothing of it in this process
        another.exec_driver_sql(f"UPDATE contribution SET html = 'Turn it.' WHERE id = {talk.answer}")
    assert "Turn the nipple." in talk()[0]
    FolderMarks(site.extensions["portal.settings"].data_dir / "pages").change([f"c{talk.question}"])
    assert "Turn it." in talk()[0]


def test_a_change_in_another_conversation_leaves_these_replies_remembered(talk):
    other = builders.topic(title="Brakes")
    db.session.commit()
    talk()
    with writing():
        builders.reply(_of(Contribution, other.id), text="Elsewhere.")
    assert talk()[1] is False


def test_what_changes_while_rows_are_asked_for_is_asked_for_again(site):  # noqa: F811
    asked = []

    def ask():
        asked.append(1)
        forget(ALL)  # somebody commits just then
        return [(len(asked),)]

    found = []
    for _ in range(2):
        with site.test_request_context():
            site.preprocess_request()
            found.append(remembered_rows(None, ask))
    assert [rows.values for rows in found] == [((1,),), ((2,),)]


@pytest.mark.parametrize("how", ["writes", "asked in a transaction"])
def test_a_request_that_sees_what_others_do_not_asks_itself(site, how):  # noqa: F811
    numbers = iter(range(9))
    found = []

    def request():
        site.preprocess_request()
        if how != "writes":
            db.session.connection()
        found.append(remembered_rows(None, lambda: [(next(numbers),)]))
        db.session.rollback()

    for _ in range(2):
        with site.test_request_context(method="POST" if how == "writes" else "GET"):
            copy_context().run(request)
    assert [rows.values for rows in found] == [((0,),), ((1,),)]


def test_rows_are_there_only_as_long_as_a_piece_shows_them(site, talk):  # noqa: F811
    assert talk()[1] is False
    fragments().forget()
    gc.collect()
    assert talk()[1] is True


def test_marks_that_cannot_be_read_mean_that_rows_are_asked_for(site, talk, monkeypatch):  # noqa: F811
    def fail(_names):
        raise OSError

    monkeypatch.setattr(site.extensions["portal.pages.marks"], "read", fail)
    assert talk()[1] is True


def test_rows_are_a_minute_old_at_most(talk, monkeypatch):
    now = remembering.time.monotonic()
    monkeypatch.setattr(remembering.time, "monotonic", lambda: now + 61)
    assert talk()[1] is True


def test_the_places_of_rows_are_bounded(site):  # noqa: F811
    memory = site.extensions[remembering.EXTENSION]
    with site.test_request_context():
        site.preprocess_request()
        for n in range(LISTS_AT_MOST + 5):
            remembered_rows(None, _echo, n)
    assert len(memory.lists) == LISTS_AT_MOST


def _echo(n):
    return [(n,)]
