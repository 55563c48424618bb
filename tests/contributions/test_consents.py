"""Consents: given once a purpose, with a term, in the words that were shown, and taken back by who gave them."""

from datetime import UTC, datetime

import pytest

from portal.contributions import consents
from portal.contributions.consents import ALWAYS_ASKED, PURPOSES, WIDER, WORDING_VERSION, Choices
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Consent, Decision
from tests.builders import member, moderator, photo

PURPOSE = list(PURPOSES)
NEEDED = [key for key in PURPOSES if PURPOSES[key].needed]


def test_what_is_agreed_to_is_kept_word_for_word_with_its_edition(db, clock):
    now = clock.freeze()
    p = photo()
    consents.record_choices(p, Choices(["site", "people_shown", "email"], months=12))
    kept = {c.purpose: c for c in db.session.query(Consent)}
    assert set(kept) == {"site", "people_shown", "email"}
    for key, c in kept.items():
        assert (c.wording, c.wording_version, c.given_at) == (PURPOSES[key].wording, WORDING_VERSION, now)
        assert (c.member_id, c.contribution_id) == (p.author_id, p.id)
    assert kept["site"].until is None, "a term is asked for the wider purposes alone"
    assert kept["email"].until == now.replace(year=now.year + 1)


def test_nothing_said_means_the_two_that_are_always_asked(db):
    p = photo()
    consents.record_choices(p)
    assert set(consents.standing(p)) == set(ALWAYS_ASKED)


def test_agreeing_twice_agrees_once(db):
    p = photo()
    assert consents.give(p, "email").id == consents.give(p, "email").id
    assert db.session.query(Consent).count() == 1


def test_a_longer_term_is_a_consent_of_its_own_and_a_shorter_one_none(db, clock):
    clock.freeze()
    p = photo()
    first = consents.give(p, "print", until=consents.term_ends(12))
    assert consents.give(p, "print", until=consents.term_ends(6)).id == first.id
    longer = consents.give(p, "print", until=consents.term_ends(24))
    assert longer.id != first.id
    assert consents.standing(p)["print"].id == longer.id
    assert consents.give(p, "print").until is None


def test_a_consent_ends_with_its_term_and_not_before(db, clock):
    clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))
    p = photo()
    given = consents.give(p, "email", until=consents.term_ends(1))
    assert given.until == datetime(2026, 2, 28, 12, tzinfo=UTC)
    clock.freeze(datetime(2026, 2, 28, 11, 59, 59, tzinfo=UTC))
    assert set(consents.standing(p)) == {"email"}
    clock.freeze(datetime(2026, 2, 28, 12, tzinfo=UTC))
    assert consents.standing(p) == {}
    assert consents.give(p, "email").id != given.id, "after its end it is given anew"


@pytest.mark.parametrize("purpose", WIDER)
def test_a_wider_purpose_ends_alone(db, clock, purpose):
    now = clock.freeze()
    p = photo()
    consents.record_choices(p, Choices(PURPOSE))
    assert consents.revoke(consents.standing(p)[purpose], p.author)
    assert set(consents.standing(p)) == set(PURPOSES) - {purpose}
    assert db.session.query(Consent).filter_by(purpose=purpose).one().revoked_at == now
    assert p.state == "published"


def test_every_consent_to_a_purpose_ends_when_it_is_taken_back(db):
    p = photo()
    short, long = consents.give(p, "email", until=consents.term_ends(12)), consents.give(p, "email")
    assert consents.revoke(short, p.author)
    assert consents.standing(p) == {}
    assert long.revoked_at is not None


@pytest.mark.parametrize("purpose", NEEDED)
@pytest.mark.parametrize("state", ["draft", "pending", "returned", "published", "hidden"])
def test_without_a_consent_it_needs_a_contribution_is_removed_by_its_author(db, purpose, state):
    p = photo(state=state)
    consents.record_choices(p, Choices(PURPOSE))
    assert consents.revoke(consents.standing(p)[purpose], p.author)
    assert p.state == "removed"
    last = db.session.query(Decision).order_by(Decision.id.desc()).first()
    assert (last.rule, last.actor_id, last.as_moderator) == ("consent_revoked", p.author_id, False)
    assert consents.standing(p) == {}, "what goes beyond the site ends with it"


def test_taking_back_twice_does_it_once(db):
    p = photo()
    given = consents.give(p, "email")
    assert consents.revoke(given, p.author)
    assert not consents.revoke(given, p.author)
    assert given.revoked_at is not None


def test_of_an_old_consent_to_be_shown_nothing_follows_twice(db):
    p = photo()
    old = consents.give(p, "site")
    old.revoked_at = old.given_at
    db.session.flush()
    consents.give(p, "site")
    assert not consents.revoke(old, p.author)
    assert p.state == "published"


@pytest.mark.parametrize("other", [member, moderator])
def test_nobody_takes_back_what_somebody_else_gave(db, other):
    p = photo()
    given = consents.give(p, "site")
    with pytest.raises(NotAllowed):
        consents.revoke(given, other())
    assert p.state == "published"
    assert given.revoked_at is None
