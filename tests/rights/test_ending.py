"""Fourteen days before a consent's term ends, who gave it is told, once; they renew it, let it end or take it back."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.chores import CHORES
from portal.contributions import consents, lifecycle
from portal.contributions.models import Consent
from portal.db import db, writing
from portal.members.models import Member
from portal.notifications.ending import tell_of_ends
from portal.notifications.letters import send_gathered
from portal.notifications.models import Notification
from portal.profile.commands import erase_member
from portal.rights.commands import answer, ask
from tests.builders import member, moderator
from tests.finding import at
from tests.rights.showing import shown_photo
from tests.visitors import read_again

ENDS = datetime(2027, 12, 7, 9, 30, tzinfo=UTC)


class Given:
    """Mara's photo, which may be used in e-mails until ENDS."""

    def __init__(self, clock, *purposes):
        clock.freeze(datetime(2026, 12, 7, 9, 30, tzinfo=UTC))
        self.mara = member("mara")
        self.photo = shown_photo(self.mara, title="My wheel")
        for purpose in purposes or ("email",):
            consents.give(self.photo, purpose, until=consents.term_ends(12))
        self.consent = of(self.photo, "email")


@pytest.fixture
def given(app, clock):
    return Given(clock)


@pytest.fixture
def day(app, clock):
    """`day(days=-14)`: what the chores of that many days from the end come to."""

    def run(**before):
        now = clock.freeze(ENDS + timedelta(**before))
        db.session.execute(db.update(Member).values(seen_at=now))  # who was away for half a year is mailed nothing
        db.session.commit()
        tell_of_ends()
        read_again()

    return run


def of(photo, purpose):
    """Its last consent to a purpose."""
    given = db.select(Consent).where(Consent.contribution_id == photo.id, Consent.purpose == purpose)
    return db.session.scalars(given.order_by(Consent.id.desc()).limit(1)).one()


def told(who):
    return db.session.query(Notification).filter_by(member_id=who.id, verb="consent_ends").all()


def mailed(outbox, clock):
    """What is mailed within the hour."""
    clock.advance(hours=1)
    before = len(outbox())
    send_gathered()
    read_again()
    return [letter for letter in outbox()[before:] if "ends soon" in letter["Subject"]]


def test_it_is_one_of_the_chores_of_the_day():
    [chore] = [chore for chore in CHORES if chore.do is tell_of_ends]
    assert chore.daily


def test_fourteen_days_before_the_giver_is_told_on_the_site_and_by_mail_and_led_to_where_it_is_renewed(
    given, day, as_member, outbox, clock
):
    day(days=-15)
    assert told(given.mara) == []
    day(days=-14)
    [notice] = told(given.mara)
    mara = as_member(given.mara)
    page = mara.get("/notifications/").text
    assert "What you agreed to for “My wheel” ends soon" in page
    assert "On 7 December 2027 this ends: E-mails." in page
    [letter] = mailed(outbox, clock)
    assert letter["To"] == "mara@example.org"
    assert "/account/rights#ending" in letter.get_content()
    assert "/notifications/off/" in letter["List-Unsubscribe"]
    assert mara.get(f"/notifications/{notice.id}").location.endswith("/account/rights#ending")
    ending = mara.get("/account/rights").text.partition('id="ending"')[2].partition("</section>")[0]
    for words in ("My wheel", "E-mails</strong> ends on", "7 December 2027", "/renew", "/take-back", "ends by itself"):
        assert words in ending


def test_until_the_last_day_it_is_told_once_however_often_the_chores_run(given, day, outbox, clock):
    for before in range(14, 0, -1):
        day(days=-before)
        day(days=-before, hours=3)
        mailed(outbox, clock)
    assert len(told(given.mara)) == 1
    assert len([letter for letter in outbox() if "ends soon" in letter["Subject"]]) == 1


def test_a_worker_that_was_down_for_days_tells_late_and_after_the_end_not_at_all(app, clock, day):
    given = Given(clock)
    other = shown_photo(given.mara, title="Too late")
    consents.give(other, "print", until=ENDS - timedelta(days=5))
    day(days=-3)
    assert [n.contribution_id for n in told(given.mara)] == [given.photo.id]


def test_a_worker_killed_midway_has_told_nobody_or_all_and_nobody_twice(given, clock, monkeypatch):
    from portal.notifications import ending

    second = member("tom")
    consents.give(shown_photo(second), "print", until=ENDS)
    clock.freeze(ENDS - timedelta(days=10))
    db.session.commit()

    def dies(table, rows):
        really(table, rows[:1])
        raise KeyboardInterrupt

    really = ending.insert_new
    monkeypatch.setattr(ending, "insert_new", dies)
    with pytest.raises(KeyboardInterrupt):
        tell_of_ends()
    monkeypatch.undo()
    read_again()
    assert told(given.mara) + told(second) == []
    for _ in range(2):
        tell_of_ends()
    read_again()
    assert [len(told(who)) for who in (given.mara, second)] == [1, 1]


def test_all_that_ends_on_one_day_is_one_notice_and_each_photo_has_its_own(app, clock, day):
    given = Given(clock, "print", "email")
    clock.advance(hours=9)
    consents.give(given.photo, "advertising", until=consents.term_ends(12))
    consents.give(shown_photo(given.mara, title="Another"), "email", until=ENDS)
    day(days=-14, hours=-9)
    notes = {n.contribution_id: n.note for n in told(given.mara)}
    assert len(notes) == 2
    assert "this ends: E-mails, Advertising, Print." in notes[given.photo.id]


@pytest.mark.parametrize("how", ["withdrawn", "outlasted", "hidden", "removed", "gone", "marked as gone", "no end"])
def test_nobody_is_told_of_what_does_not_end_or_is_not_there(given, day, clock, how):
    clock.advance(days=100)
    if how == "withdrawn":
        consents.revoke(given.consent, given.mara)
    elif how == "outlasted":
        consents.give(given.photo, "email", until=consents.term_ends(24))
    elif how == "hidden":
        lifecycle.hide(given.photo, moderator())
    elif how == "removed":
        lifecycle.remove(given.photo, moderator(), "It shows somebody else.")
    elif how == "gone":
        erase_member(given.mara, keep_contributions=True)
    elif how == "marked as gone":
        given.mara.erased_at = clock.freeze()
    else:
        given.consent.until = None
    day(days=-7)
    assert told(given.mara) == []


def test_what_was_hidden_meanwhile_is_told_when_it_is_back(given, day, settled):
    day(days=-14)
    staff = moderator()
    lifecycle.hide(given.photo, staff)
    settled()
    assert told(given.mara) == []
    day(days=-13)
    assert told(given.mara) == []
    lifecycle.restore(given.photo, staff)
    settled()
    day(days=-12)
    assert len(told(given.mara)) == 1


def test_renewed_it_goes_on_from_its_end_and_is_told_of_again_for_the_new_term(
    given, day, as_member, settled, outbox, clock
):
    day(days=-14)
    mara = as_member(given.mara)
    answer = mara.submit(f"/account/rights/{given.consent.id}/renew", {"months": "12"})
    assert "until 7 December 2028" in mara.get(answer.location).text
    new = of(given.photo, "email")
    assert (new.until, new.wording) == (ENDS.replace(year=2028), consents.PURPOSES["email"].wording)
    assert new.wording_version == consents.WORDING_VERSION
    settled()
    assert [n.read_at is None for n in told(given.mara)] == [False], "it needs no answer any more"
    assert mailed(outbox, clock) == []
    assert 'id="ending"' not in mara.get("/account/rights").text
    day(days=-2)
    assert len(told(given.mara)) == 1
    day(days=366 - 14)
    assert len(told(given.mara)) == 2


@pytest.mark.parametrize(("months", "until"), [("24", ENDS.replace(year=2029)), ("", None)])
def test_the_new_term_is_chosen(given, day, as_member, months, until):
    day(days=-1)
    as_member(given.mara).submit(f"/account/rights/{given.consent.id}/renew", {"months": months})
    assert of(given.photo, "email").until == until


def test_clicking_twice_renews_once_and_nonsense_not_at_all(given, day, as_member):
    day(days=-1)
    mara, number = as_member(given.mara), given.consent.id
    mara.submit(f"/account/rights/{number}/renew", {"months": "1200"})
    assert of(given.photo, "email").id == number
    for _ in range(2):
        page = mara.get(mara.submit(f"/account/rights/{number}/renew", {"months": "12"}).location)
    assert "nothing was changed" in page.text
    assert of(given.photo, "email").until == ENDS.replace(year=2028)


def test_for_two_weeks_after_the_end_it_can_be_agreed_to_again_from_that_day(given, day, as_member, clock):
    day(days=13)
    mara = as_member(given.mara)
    assert "E-mails</strong> ended on" in mara.get("/account/rights").text
    mara.submit(f"/account/rights/{given.consent.id}/renew", {"months": "12"})
    assert of(given.photo, "email").until == (ENDS + timedelta(days=13)).replace(year=2028)


@pytest.mark.parametrize(
    "how", ["far from its end", "long over", "taken back", "hidden", "somebody else's", "a moderator's doing"]
)
def test_nothing_else_is_renewed(given, day, as_member, clock, how):
    day(**{"far from its end": {"days": -30}, "long over": {"days": 15}}.get(how, {"days": -5}))
    who, expected = given.mara, 303
    if how == "taken back":
        consents.revoke(given.consent, given.mara)
    elif how == "hidden":
        lifecycle.hide(given.photo, moderator())
    elif how in ("somebody else's", "a moderator's doing"):
        who, expected = member() if how == "somebody else's" else moderator(), 404
    answer = as_member(who).submit(f"/account/rights/{given.consent.id}/renew", {"months": "12"})
    assert answer.status_code == expected
    assert of(given.photo, "email").id == given.consent.id


def test_what_was_renewed_and_then_taken_back_is_not_offered_again(given, day, as_member):
    day(days=-5)
    mara, ended = as_member(given.mara), given.consent.id
    mara.submit(f"/account/rights/{ended}/renew", {"months": "12"})
    day(days=3)
    mara.submit(f"/account/rights/{of(given.photo, 'email').id}/take-back")
    assert 'id="ending"' not in mara.get("/account/rights").text
    taken_back = of(given.photo, "email").id
    mara.submit(f"/account/rights/{ended}/renew", {"months": "12"})
    assert of(given.photo, "email").id == taken_back


def test_what_was_given_after_another_was_taken_back_runs_out_as_ever(given, day, clock):
    consents.revoke(given.consent, given.mara)
    clock.advance(days=1)
    consents.give(given.photo, "email", until=ENDS - timedelta(days=100))
    day(days=-100 - 5)
    assert len(told(given.mara)) == 1


def test_nobody_renews_for_somebody_else_by_another_road(given, day):
    day(days=-5)
    with pytest.raises(lifecycle.NotAllowed):
        consents.renew(given.consent, moderator(), 12)


def test_of_several_the_notice_says_what_ends_still_and_the_mail_too(app, clock, day, as_member, settled, outbox):
    given = Given(clock, "print", "email")
    day(days=-14)
    mara = as_member(given.mara)
    mara.submit(f"/account/rights/{given.consent.id}/take-back")
    settled()
    [notice] = told(given.mara)
    assert "this ends: Print." in notice.note
    [letter] = mailed(outbox, clock)
    assert "E-mails" not in letter.get_content()


def test_what_was_taken_back_before_the_worker_came_by_is_not_mailed(given, day, outbox, clock):
    day(days=-14)
    with writing():
        consents.revoke(db.session.get(Consent, given.consent.id), given.mara)
    assert mailed(outbox, clock) == []


def test_who_asked_hears_when_what_was_renewed_is_taken_back(given, day, as_member, settled):
    staff = moderator("wout")
    [request] = ask(given.photo, staff, ["print"], "For our letter.", 12)
    answer(request, given.mara, yes=True)
    day(days=-14)
    mara = as_member(given.mara)
    mara.submit(f"/account/rights/{of(given.photo, 'print').id}/renew", {"months": "12"})
    day(days=30)
    mara.submit(f"/account/rights/{of(given.photo, 'print').id}/take-back")
    settled()
    verbs = [n.verb for n in db.session.query(Notification).filter_by(member_id=staff.id)]
    assert "consent_revoked" in verbs


def test_staff_sees_what_ends_soon_and_takes_it_out_as_a_table(given, day, as_member):
    staff, lasting = as_member(moderator()), shown_photo(title="My bell")
    consents.give(lasting, "email")
    day(days=-20)
    assert "Ends soon" not in staff.get("/rights/").text
    day(days=-10)
    everything = staff.get("/rights/").text
    assert "Ends soon 1" in everything
    assert at(lasting) in everything
    soon = staff.get("/rights/?ends=soon").text
    assert (at(given.photo) in soon, at(lasting) in soon) == (True, False)
    table = staff.get("/rights/list.csv?ends=soon").text
    assert ("My wheel" in table, "My bell" in table) == (True, False)
    consents.renew(given.consent, given.mara, None)
    assert "Nothing ends soon." in staff.get("/rights/?ends=soon").text
