"""Edits of what is public: nothing comes in by the back door, and nothing that was written is lost."""

import pytest
from sqlalchemy import select

from portal.contributions import lifecycle, screening
from portal.contributions.models import Decision, Revision
from portal.contributions.screened import Verdict
from portal.contributions.writing import edit
from tests import builders

GOOD = "How do I set the height of the saddle so that my knees do not hurt after an hour on the road?"
OTHER = "Cheap watches and handbags from our shop: every brand you can think of, delivered to your door by tomorrow."


@pytest.fixture
def approved(db):
    """A newcomer's first topic, as a moderator approved it."""
    topic = builders.topic(builders.member(new=True), state="pending", text=GOOD)
    lifecycle.approve(topic, builders.moderator())
    return topic


def test_a_small_correction_is_public_at_once(approved):
    edit(approved, approved.author, source=GOOD.replace("saddle", "seat"))
    assert approved.state == "published"


def test_another_text_in_place_of_the_approved_one_waits_and_nothing_is_lost(db, approved):
    assert edit(approved, approved.author, source=OTHER)
    assert approved.state == "hidden"
    assert approved.source == OTHER
    assert db.session.scalar(select(Revision.source).where(Revision.contribution_id == approved.id)) == GOOD
    decision = db.session.scalar(select(Decision).order_by(Decision.id.desc()).limit(1))
    assert (decision.rule, decision.actor_id) == ("rewritten", None)
    verdict = db.session.scalar(select(Verdict).where(Verdict.contribution_id == approved.id))
    assert verdict.rule == "rewritten"
    assert "%" in verdict.found[0]["evidence"][0]


def test_bit_by_bit_is_no_way_round_it(approved):
    words, others = GOOD.split(), OTHER.split()
    for n in range(len(words)):
        edit(approved, approved.author, source=" ".join(others[: n + 1] + words[n + 1 :]))
        if approved.state == "hidden":
            break
    assert approved.state == "hidden"
    assert n < len(words) * 0.6


def test_what_a_moderator_restores_is_approved_anew(approved):
    edit(approved, approved.author, source=OTHER)
    lifecycle.restore(approved, builders.moderator())
    edit(approved, approved.author, source=OTHER.replace("tomorrow", "Monday"))
    assert approved.state == "published"


def test_where_others_replied_the_edit_is_not_taken_and_their_words_stay(db, approved):
    builders.reply(approved)
    with pytest.raises(screening.Refused, match="What you typed is still here"), db.session.begin_nested():
        edit(approved, approved.author, source=OTHER)
    db.session.refresh(approved)
    assert (approved.state, approved.source) == ("published", GOOD)


def test_regular_members_rewrite_as_they_like(db):
    topic = builders.topic(text=GOOD)
    edit(topic, topic.author, source=OTHER)
    assert topic.state == "published"


def test_a_moderators_edit_is_not_screened(approved):
    edit(approved, builders.moderator(), source=OTHER)
    assert approved.state == "published"


def test_readers_do_not_see_what_waits(client, approved, db):
    edit(approved, approved.author, source=OTHER)
    db.session.commit()
    assert client.get(f"/topics/{approved.id}/{approved.slug}").status_code in (404, 410)
