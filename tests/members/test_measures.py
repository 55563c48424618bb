"""Warning, silence, suspension: with a reason, for a term that ends by itself, told to whom it is about."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.members import chores, measures
from portal.members.models import Suspension
from portal.members.standing import Refused
from portal.notifications.models import Notification
from tests import builders as make


def end_terms() -> None:
    db.session.commit()
    chores.end_terms()


def told(member: Any) -> dict[str, str]:
    rows = db.session.scalars(select(Notification).where(Notification.member_id == member.id))
    return {n.verb: n.note for n in rows}


def test_a_term_is_over_at_once_and_tidied_up_by_the_clock(app: Flask, clock: Any, settled: Any) -> None:
    clock.freeze()
    mo, nora = make.moderator(), make.member("nora")
    assert measures.suspend(nora, mo, "Insults.", 7)
    assert nora.suspended
    assert not nora.may_write
    end_terms()
    assert nora.suspended_at is not None
    clock.advance(days=7)
    assert not nora.suspended, "the property compares with now, whether or not the worker has been there"
    assert nora.may_write
    end_terms()
    db.session.refresh(nora)
    assert (nora.suspended_at, nora.suspended_until, nora.suspended_why) == (None, None, None)
    assert db.session.scalars(select(Suspension.ended_at)).one() is not None
    settled()
    assert set(told(nora)) == {"suspended", "reinstated"}
    assert told(nora)["suspended"].startswith("Insults.")
    assert "it ends by itself" in told(nora)["suspended"]
    end_terms()
    settled()
    assert db.session.query(Notification).count() == 2


def test_silence_has_a_term_and_a_warning_none(app: Flask, clock: Any, settled: Any) -> None:
    clock.freeze()
    mo, nora = make.moderator(), make.member("nora")
    with pytest.raises(Refused, match="term"):
        measures.silence(nora, mo, "Too fast.", 0)
    assert measures.silence(nora, mo, "Too fast.", 3)
    assert nora.silenced
    assert nora.may_write
    assert not measures.silence(nora, mo, "Too fast.", 3)
    assert measures.warn(nora, mo, "Be kind.")
    clock.advance(days=3)
    assert not nora.silenced
    end_terms()
    settled()
    assert set(told(nora)) == {"silenced", "silence_ended", "warned"}
    assert told(nora)["warned"] == "Be kind."
    assert [s.kind for s in db.session.scalars(select(Suspension).order_by(Suspension.id))] == ["silenced", "warned"]


def test_a_suspension_without_a_term_waits_for_a_moderator(app: Flask, clock: Any) -> None:
    mo, nora = make.moderator(), make.member("nora")
    clock.freeze()
    measures.suspend(nora, mo, "Fraud.")
    clock.advance(days=4000)
    end_terms()
    assert nora.suspended
    assert measures.reinstate(nora, mo)
    assert not measures.reinstate(nora, mo)


def test_a_new_suspension_after_a_term_that_was_not_tidied_up(app: Flask, clock: Any) -> None:
    clock.freeze()
    mo, nora = make.moderator(), make.member("nora")
    measures.suspend(nora, mo, "One.", 1)
    clock.advance(days=2)
    assert measures.suspend(nora, mo, "Two.", 1)
    assert nora.suspended_until == clock.freeze() + timedelta(days=1)
    assert [s.ended_at is None for s in db.session.scalars(select(Suspension).order_by(Suspension.id))] == [False, True]


@pytest.mark.parametrize("do", [measures.warn, lambda m, b, w: measures.silence(m, b, w, 1), measures.suspend])
def test_who_may_not_does_not(app: Flask, do: Any) -> None:
    mo, member, boss = make.moderator(), make.member(), make.admin()
    for about, by, why in ((member, make.member(), "x"), (mo, mo, "x"), (boss, mo, "x"), (member, mo, " \u200b")):
        with pytest.raises(Refused):
            do(about, by, why)
    assert db.session.query(Suspension).count() == 0


def test_the_page_of_a_member_takes_a_measure_and_settles_reports(app: Flask, as_member: Any, settled: Any) -> None:
    from portal.moderation.models import MemberReport

    mo, bad, rita = as_member(make.moderator()), make.member("badger"), make.member("rita")
    db.session.add(MemberReport(member_id=bad.id, reporter_id=rita.id, reason="abuse"))
    here = f"/moderation/members/{bad.id}"
    assert mo.get(here).status_code == 200
    for nonsense in ({"measure": "ban", "days": "7", "why": "x"}, {"measure": "warn", "days": "7", "why": ""},
                     {"measure": "silence", "days": "0", "why": "x"},
                     {"measure": "suspend", "days": "9999", "why": "x"}):  # fmt: skip
        assert mo.submit(f"{here}/measure", nonsense).status_code == 422, nonsense
    assert mo.submit(f"{here}/measure", {"measure": "suspend", "days": "30", "why": "Threats."}).status_code == 303
    assert bad.suspended
    assert bad.suspended_until is not None
    settled()
    assert set(told(rita)) == {"report_upheld"}
    assert mo.submit(f"{here}/end", {"measure": "suspend"}).status_code == 303
    assert not bad.suspended
    assert mo.submit(f"{here}/end", {"measure": "everything"}).status_code == 400
    assert "Threats." in mo.get(here).text
    log = app.test_client().get("/moderation/log?of=members").text
    assert "A member was suspended" in log
    assert "Threats." not in log
    assert "badger" not in log.lower()
