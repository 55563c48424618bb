"""Two at the same instant: one answers, one asks, one takes back."""

from threading import Barrier, Thread

import pytest

from portal.contributions import consents
from portal.contributions.models import Consent, Contribution
from portal.db import db as database
from portal.db import writing
from portal.members.models import Member
from portal.rights import queries
from portal.rights.commands import CannotAsk, answer, ask
from portal.rights.models import RightsRequest
from tests.builders import member, moderator
from tests.rights.showing import shown_photo

AT_ONCE = 4


@pytest.fixture
def all_at_once(app, db):
    """`all_at_once(do)`: what `do(number)` gave to each of four, each in a transaction of its own."""

    def run(do):
        start, given = Barrier(AT_ONCE), []

        def one(number):
            with app.app_context():
                start.wait()
                with writing():
                    given.append(do(number))

        threads = [Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        db.session.expire_all()
        return given

    return run


def test_of_answers_at_the_same_instant_one_counts(db, all_at_once):
    with writing():
        author = member()
        [request] = ask(shown_photo(author), moderator(), ["print"], "May we?")
        number, who = request.id, author.id

    def say(n):
        return answer(queries.find_question(number), database.session.get(Member, who), n % 2 == 0)

    assert sorted(all_at_once(say)) == [False] * (AT_ONCE - 1) + [True]
    kept = db.session.get(RightsRequest, number)
    assert db.session.query(Consent).filter_by(purpose="print").count() == (1 if kept.answer else 0)


def test_of_questions_at_the_same_instant_one_is_asked(db, all_at_once):
    with writing():
        photo, staff = shown_photo().id, [moderator().id for _ in range(AT_ONCE)]

    def put(n):
        try:
            return len(ask(queries.find_shown(photo), database.session.get(Member, staff[n]), ["print"], "May we?"))
        except CannotAsk:
            return 0

    assert sorted(all_at_once(put)) == [0] * (AT_ONCE - 1) + [1]
    assert db.session.query(RightsRequest).count() == 1


def test_a_consent_that_is_given_several_times_at_once_is_one(db, all_at_once):
    with writing():
        photo = shown_photo().id
    given = all_at_once(lambda n: consents.give(database.session.get(Contribution, photo), "email").id)
    assert len(set(given)) == 1


def test_what_is_taken_back_several_times_at_once_is_taken_back_once(db, all_at_once):
    with writing():
        author = member()
        photo = shown_photo(author)
        number, who = consents.give(photo, "site").id, author.id

    def back(n):
        return consents.revoke(database.session.get(Consent, number), database.session.get(Member, who))

    assert sorted(all_at_once(back)) == [False] * (AT_ONCE - 1) + [True]
    assert db.session.get(Contribution, db.session.get(Consent, number).contribution_id).state == "removed"
