"""Loading the demo: once, through the house's own commands, with a plausible ledger at the end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.activity import Activity, Errand
from portal.advocacy import levels, terms
from portal.advocacy.gate import evidence_of
from portal.advocacy.models import LedgerEntry, Recognition
from portal.contributions.models import Contribution, Decision, Report, Thanks
from portal.demo.challenges import INVITATIONS
from portal.demo.load import CASES, THINGS, load
from portal.demo.people import PASSWORD, PEOPLE, SIGN_INS
from portal.demo.pictures import Drawing, jpeg
from portal.demo.posting import find, key_of
from portal.guard.models import Finding, FindingMember
from portal.helping.models import Routed
from portal.helping.willing import will_of
from portal.media.commands import prepare
from portal.media.models import Picture
from portal.members.models import Member
from portal.members.passwords import matches, objection
from portal.notifications.models import Notification
from portal.stories.models import Challenge, Photo

pytestmark = pytest.mark.slow


def _one_picture_for_all(motifs, progress):
    """Drawing and taking in all of them takes half a minute; what is tested here is what becomes of them."""
    same = prepare(jpeg(Drawing("poster", "dawn", 1, shape="square")))
    return dict.fromkeys(motifs, same)


def _member(db, username):
    return db.session.scalars(select(Member).where(Member.username == username)).one()


def _counts(db):
    models = (Member, Contribution, Thanks, LedgerEntry, Decision, Report, Picture, Notification, Recognition)
    return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


@pytest.fixture
def loaded(db):
    summary = load(lambda step, done, total: None, _one_picture_for_all)
    db.session.expire_all()
    return summary


def test_the_demo_fills_the_site_and_a_second_run_adds_nothing(db, loaded, outbox, client, as_member):
    assert loaded.added
    before = _counts(db)
    again = load(lambda step, done, total: None, _one_picture_for_all)
    assert not again.added
    assert _counts(db) == before
    _assert_it_is_complete(db)
    _assert_dates_are_relative_to_today(db)
    _assert_the_queue_is_filled(db)
    _assert_recognition(db)
    _assert_a_mentor(db)
    _assert_a_finding_waits(db, client, as_member)
    _assert_sign_ins(db, str(loaded))
    _assert_challenges(db)
    assert outbox() == [], "nobody is mailed about the past"


def _assert_it_is_complete(db):
    for thing in THINGS:
        made = find(key_of(thing))
        assert made is not None, thing.title
        assert made.state == "published", thing.title
        assert made.reply_count >= len(thing.answers)
        assert made.thanks_count == len(thing.thanks), thing.title
    assert db.session.scalar(select(func.count()).select_from(Member)) == len(PEOPLE)
    assert db.session.scalar(select(func.count(Errand.id))) == 0, "everything has been followed up"
    hidden = db.session.scalar(
        select(func.count()).where(Picture.public_key.is_(None), Picture.contribution_id.is_not(None))
    )
    waiting = sum(len(case.thing.shots) for case in CASES if hasattr(case.thing, "shots"))
    assert hidden == waiting, "what waits has no public pictures, everything else has"


def _assert_dates_are_relative_to_today(db):
    now = clock.now()
    for column in (Contribution.published_at, Thanks.at, LedgerEntry.at, Decision.at, Member.seen_at):
        assert db.session.scalar(select(func.max(column))) <= now
    newest = db.session.scalar(select(func.max(Contribution.published_at)))
    assert now - newest < timedelta(days=2)


def _assert_the_queue_is_filled(db):
    states = {}
    for case in CASES:
        states.setdefault(case.fate.what, []).append(find(key_of(case.thing)).state)
    assert states["waits"] == ["pending"] * 7
    assert states["returned"] == ["returned"] * 2
    assert states["removed"] == ["removed"]
    assert states["hidden"] == ["hidden"] * 2, "one by a moderator, one by three reports"
    assert states["reported"] == ["published"]
    assert db.session.scalar(select(func.count(Report.id)).where(Report.settled_at.is_(None))) >= 1


def _assert_recognition(db):
    rows = db.session.execute(
        select(Member.username, Recognition.state).join(Member, Member.id == Recognition.member_id)
    )
    by_name = {row.username: row.state for row in rows}
    assert by_name == {"hanneke": "accepted", "mirko": "accepted", "emil": "confirmed", "nadia": "proposed"}
    for username in ("hanneke", "mirko"):
        member = _member(db, username)
        assert member.is_advocate
        evidence = evidence_of({member.id: member.help_score})[member.id]
        assert evidence.opens, f"{username} would pass the gate today"
        assert len(evidence.customers) >= 8
    assert 2.5 < _member(db, "noa").help_score < 5, "somebody is near the gate and not through it"
    for username in ("tove", "dario", "ingrid"):
        assert _member(db, username).help_score == 0, "employees never outrank customers"
    brought = {r.member_id: r.because for r in db.session.scalars(select(Routed))}
    assert any(brought.values()), "an open question was brought to somebody, with why"
    assert will_of(_member(db, "hanneke")).chosen


def _assert_a_mentor(db):
    mirko = _member(db, "mirko")
    recognition = db.session.scalars(select(Recognition).where(Recognition.member_id == mirko.id)).one()
    assert (mirko.advocate_level, recognition.level, recognition.level_proposed) == ("mentor", "mentor", "")
    assert recognition.answered_at < recognition.renewed_at < recognition.level_since < clock.now()
    days = terms.days_recognised([mirko.id])[mirko.id]
    evidence = evidence_of({mirko.id: mirko.help_score})[mirko.id]
    (mentor,) = (level for level in levels.awarded() if level.name == "mentor")
    assert all(condition.met for condition in mentor.conditions(evidence, days)), "the numbers still say so"
    assert len(evidence.customers) >= mentor.customers + 2, "and not by a hair"
    verbs = ["confirmed", "accepted", "term_notice", "renewed", "raised"]
    of_his = select(Activity.verb, Activity.actor_id).where(Activity.member_id == mirko.id).order_by(Activity.id)
    told = [(row.verb, row.actor_id) for row in db.session.execute(of_his) if row.verb.startswith("recognition_")]
    assert [verb for verb, _ in told] == [f"recognition_{v}" for v in ("proposed", *verbs)]
    selma = _member(db, "selma").id
    assert [actor for verb, actor in told if verb[12:] in ("confirmed", "renewed", "raised")] == [selma] * 3
    assert _member(db, "hanneke").advocate_level == "advocate"


def _assert_a_finding_waits(db, client, as_member):
    finding = db.session.scalars(select(Finding)).one()
    assert (finding.sort, finding.state) == ("reciprocal", "open")
    assert finding.found_at < clock.now() - timedelta(hours=12)
    people = select(Member.username).join(FindingMember, FindingMember.member_id == Member.id)
    assert set(db.session.scalars(people)) == {"arne", "birgit"}
    page = as_member(_member(db, "selma")).get("/moderation/findings").text
    assert "Birgit Thoms" in page
    assert client.get("/moderation/findings").status_code != 200


def _assert_sign_ins(db, printed):
    assert not objection(PASSWORD)
    for username, role in SIGN_INS:
        member = _member(db, username)
        assert matches(member.password_hash, PASSWORD)
        assert any(username in line and PASSWORD in line and role in line for line in printed.splitlines())
    someone = _member(db, "carla")
    assert not matches(someone.password_hash, "")
    assert not matches(someone.password_hash, PASSWORD)


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(db, app):
    class Unplugged(Exception):
        pass

    def until_half(step, done, total):
        if step == "community" and done > 500:
            raise Unplugged

    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with clock.at(midnight):  # when days ago are the furthest from hours ago
        with pytest.raises(Unplugged):
            load(until_half, _one_picture_for_all)
        db.session.rollback()
        assert load(lambda *told: None, _one_picture_for_all).added
        db.session.expire_all()
        _assert_it_is_complete(db)
        _assert_a_mentor(db)
    assert db.session.scalar(select(func.count()).where(Contribution.submission_key.is_(None))) == 0


def _assert_challenges(db):
    found = db.session.query(Challenge).all()
    entries = {c.title: (c.is_open, db.session.query(Photo).filter_by(challenge_id=c.id).count()) for c in found}
    assert entries == {i.title: (i.to_days_ahead > 0, len(i.entries)) for i in INVITATIONS}
    for photo in db.session.query(Photo).filter(Photo.challenge_id.is_not(None)):
        challenge = db.session.get(Challenge, photo.challenge_id)
        assert challenge.opens_at <= photo.created_at < challenge.closes_at, photo.title
