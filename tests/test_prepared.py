"""Queries in the driver's own words: the same rows, heard by whoever listens, failing as any other does."""

import pytest
from flask import g
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError

from portal import clock as time
from portal.db import as_instant, db
from portal.members.models import Member
from portal.members.traits import Person, person_columns
from portal.prepared import Prepared, close_line, open_line
from tests.builders import member
from tests.queries import heard

MEMBER = Member.__table__


def of_one():
    return Prepared(select(*person_columns(MEMBER)).where(MEMBER.c.id == bindparam("number")))


def test_it_finds_what_the_query_finds_each_time_anew(app, clock):
    first, second = member(verified=True), member(advocate_since=time.now())
    second.suspended_at, second.suspended_until = time.now(), time.ago(hours=-1)
    db.session.commit()
    prepared = of_one()
    for one in (first, second, first):
        (row,) = prepared.rows(number=one.id)
        found = Person._make(as_instant(value) if name.endswith("_at") else value
                             for name, value in zip(Person._fields, row, strict=True))  # fmt: skip
        assert found == Person._make(getattr(one, name) for name in Person._fields)
    assert prepared.rows(number=0) == []
    clock.advance(hours=2)  # what is asked of the clock is asked at each time
    assert Person._make(prepared.rows(number=second.id)[0]).is_advocate


def test_who_listens_hears_it_and_it_belongs_to_the_transaction(app):
    prepared, somebody = of_one(), member()
    db.session.commit()
    with heard(db.engine) as found:
        prepared.rows(number=somebody.id)
        prepared.rows(number=somebody.id)
    assert len(found.reading) == 2
    db.session.execute(text("UPDATE member SET owns = 'a bell' WHERE id = :id"), {"id": somebody.id})
    (row,) = prepared.rows(number=somebody.id)
    assert row[Person._fields.index("owns")] == "a bell"
    db.session.rollback()
    (row,) = prepared.rows(number=somebody.id)
    assert row[Person._fields.index("owns")] == ""


def test_a_failure_is_what_it_is_elsewhere(app):
    with pytest.raises(DBAPIError):
        Prepared(select(text("nothing")).select_from(text("nowhere"))).rows()
    db.session.rollback()
    assert of_one().rows(number=0) == []


def test_each_transaction_has_its_own_rows_whoever_ended_the_last(app):
    prepared, somebody = of_one(), member()
    owns = Person._fields.index("owns")
    endings = (db.session.commit, db.session.rollback, db.session.close, db.session.remove)
    for n, end in enumerate(endings):
        db.session.execute(text("UPDATE member SET owns = :owns WHERE id = :id"), {"owns": str(n), "id": somebody.id})
        db.session.commit()
        assert prepared.rows(number=somebody.id)[0][owns] == str(n)
        with db.session.begin_nested() as part:
            db.session.execute(text("UPDATE member SET owns = 'a part' WHERE id = :id"), {"id": somebody.id})
            assert prepared.rows(number=somebody.id)[0][owns] == "a part"
            part.rollback()
        assert prepared.rows(number=somebody.id)[0][owns] == str(n)
        end()
        assert not db.session().in_transaction()
        assert prepared.rows(number=somebody.id)[0][owns] == str(n)
        assert db.session().in_transaction()


def test_a_line_asks_outside_of_transactions_until_the_session_has_one(app):
    prepared, somebody = of_one(), member()
    owns = Person._fields.index("owns")
    db.session.commit()
    open_line()
    assert prepared.rows(number=somebody.id)[0][owns] == ""
    assert not db.session().in_transaction()
    assert db.engine.pool.checkedout() == 1
    # What the session changed is seen though nobody else sees it, and one connection suffices for both.
    db.session.execute(text("UPDATE member SET owns = 'a bell' WHERE id = :id"), {"id": somebody.id})
    assert db.engine.pool.checkedout() == 1
    assert prepared.rows(number=somebody.id)[0][owns] == "a bell"
    db.session.rollback()
    assert prepared.rows(number=somebody.id)[0][owns] == ""
    db.session.execute(text("UPDATE member SET owns = 'two bells' WHERE id = :id"), {"id": somebody.id})
    db.session.commit()
    assert prepared.rows(number=somebody.id)[0][owns] == "two bells"  # nothing of before stands in the way
    db.session.remove()
    close_line()
    assert db.engine.pool.checkedout() == 0
    close_line()


def test_a_line_that_is_broken_is_given_up(app):
    prepared, somebody = of_one(), member()
    db.session.commit()
    open_line()
    prepared.rows(number=somebody.id)
    g.portal_line._connection.dbapi_connection.close()
    assert len(prepared.rows(number=somebody.id)) == 1
    db.session.remove()
    assert len(prepared.rows(number=somebody.id)) == 1
    with pytest.raises(DBAPIError):
        Prepared(select(text("nothing")).select_from(text("nowhere"))).rows()
    db.session.remove()
    close_line()
    assert db.engine.pool.checkedout() == 0


def test_times_come_back_aware(app):
    now = time.now()
    assert as_instant(None) is None
    assert as_instant(now) == now == as_instant(now.replace(tzinfo=None).isoformat(sep=" "))
