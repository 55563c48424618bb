"""The pages about rules: watched words, the spam score, the dry run; and reporting a member."""

import pytest
from sqlalchemy import select

from portal.contributions.models import Report
from portal.contributions.reports import remove_own, report, weight
from portal.contributions.screened import SpamModel, WatchedWord
from portal.contributions.screening import learning
from portal.moderation.member_reports import report_member
from portal.moderation.models import MemberReport
from portal.moderation.rule_forms import THRESHOLDS
from portal.notifications.models import Notification
from tests import builders

WORD = {"words": "casino", "act": "hold", "whole_word": "y"}


@pytest.fixture
def moderator(as_member, db):
    return as_member(builders.moderator())


def test_a_word_is_tried_out_and_only_then_saved(moderator, db):
    builders.topic(text="The <b>casino</b> & more")
    page = moderator.submit("/moderation/words", WORD | {"try": "1"})
    assert page.status_code == 200
    assert "<mark>casino</mark>" in page.get_data(as_text=True)
    assert "Found in 1 of the newest 1" in page.get_data(as_text=True)
    assert db.session.scalar(select(WatchedWord)) is None
    assert moderator.submit("/moderation/words", WORD).status_code == 303
    row = db.session.scalar(select(WatchedWord))
    assert (row.words, row.act, row.whole_word, row.is_pattern) == ("casino", "hold", True, False)


def test_a_word_is_changed_and_deleted(moderator, db):
    moderator.submit("/moderation/words", WORD)
    row = db.session.scalar(select(WatchedWord))
    address = f"/moderation/words/{row.id}"
    assert 'value="casino"' in moderator.get(address).get_data(as_text=True)
    moderator.submit(address, WORD | {"words": "lottery", "act": "tag", "tag": "Money Talk"})
    db.session.refresh(row)
    assert (row.words, row.act, row.tag) == ("lottery", "tag", "money-talk")
    moderator.submit(f"{address}/delete")
    assert db.session.scalar(select(WatchedWord)) is None
    assert moderator.get(address).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""}, {"words": "(a", "is_pattern": "y"}, {"words": "a*", "is_pattern": "y"}, {"act": "tag"},
        {"act": "?"}, {"words": "x" * 201}, {"words": "!!"},
    ],
)  # fmt: skip
def test_what_cannot_be_watched_for_comes_back_with_a_sentence(moderator, db, wrong):
    page = moderator.submit("/moderation/words", WORD | wrong)
    assert page.status_code == 422
    assert db.session.scalar(select(WatchedWord)) is None


def test_the_same_word_twice_is_told(moderator):
    moderator.submit("/moderation/words", WORD)
    page = moderator.submit("/moderation/words", WORD)
    assert page.status_code == 422
    assert "on the list already" in page.get_data(as_text=True)


def test_the_score_page_tells_what_is_missing_and_asks_the_worker(moderator, settled, db):
    assert "It knows too little yet" in moderator.get("/moderation/spam").get_data(as_text=True)
    assert moderator.submit("/moderation/spam/learn").status_code == 303
    settled()
    assert db.session.get(SpamModel, 1).trained_at is None


def test_only_admins_switch_it(moderator, as_member, db):
    assert moderator.submit("/moderation/spam/switch", {"enabled": "0"}).status_code == 403
    as_member(builders.admin()).submit("/moderation/spam/switch", {"enabled": "0"})
    assert not learning.is_on()


def test_the_dry_run_shows_counts_and_refuses_nonsense(as_member, db):
    admin = as_member(builders.admin())
    builders.topic(text="A casino by the lake")
    page = admin.get("/moderation/dry-run").get_data(as_text=True)
    assert "What would have come of it" not in page
    asked = dict.fromkeys(THRESHOLDS, "1")
    page = admin.get("/moderation/dry-run", query_string=asked | {"words": "casino\n/la[k]e/"})
    assert page.status_code == 200
    assert "What would have come of it" in page.get_data(as_text=True)
    assert admin.get("/moderation/dry-run", query_string=asked | {"words": "/(/"}).status_code == 422
    assert admin.get("/moderation/dry-run", query_string=asked | {"words": "", "new_links": "-1"}).status_code == 422


def test_a_member_is_reported_once_and_does_not_hear_of_it(as_member, db, settled):
    member, reporter = builders.member("rudi"), builders.member()
    visitor = as_member(reporter)
    assert "/members/rudi/report" in visitor.get("/members/rudi").get_data(as_text=True)
    assert visitor.submit("/members/rudi/report", {"reason": "impersonation", "note": "not he"}).status_code == 303
    visitor.submit("/members/rudi/report", {"reason": "spam"})
    row = db.session.scalars(select(MemberReport)).one()
    assert (row.member_id, row.reporter_id, row.reason, row.note) == (member.id, reporter.id, "impersonation", "not he")
    settled()
    assert db.session.scalar(select(Notification).where(Notification.member_id == member.id)) is None


def test_a_member_report_needs_a_reason_and_another_member(as_member, db):
    member = builders.member("rudi")
    assert as_member(builders.member()).submit("/members/rudi/report", {"reason": "?"}).status_code == 422
    assert as_member(member).get("/members/rudi/report").status_code == 403
    with pytest.raises(ValueError, match="unknown"):
        report_member(member, builders.member(), "?")


def test_reports_are_settled_when_the_author_removes_the_text_and_count_for_nobody(db, settled):
    topic, reporter = builders.topic(), builders.member()
    report(topic, reporter, "spam")
    assert remove_own(topic, topic.author)
    row = db.session.scalars(select(Report)).one()
    assert row.settled_at is not None
    assert row.upheld is None
    other = builders.topic()
    report(other, reporter, "spam")
    assert weight(other) == 1
    settled()
    told = db.session.scalars(select(Notification.verb).where(Notification.member_id == reporter.id)).all()
    assert told == ["report_upheld"]
