"""Reports: what they weigh, when they hide, how they are settled."""

import pytest

from portal.contributions import lifecycle
from portal.contributions.reports import report, settle_reports, weight
from tests import builders


def test_three_regular_members_hide_a_contribution_until_it_is_decided(db):
    topic = builders.topic()
    for _ in range(2):
        assert report(topic, builders.member(), "spam")
    assert topic.state == "published"
    report(topic, builders.member(), "spam")
    assert topic.state == "hidden"


def test_newcomers_reports_are_heard_but_hide_nothing(db):
    topic = builders.topic()
    for _ in range(6):
        report(topic, builders.member(new=True), "spam")
    assert topic.state == "published"


def test_reporting_twice_counts_once(db):
    topic, reporter = builders.topic(), builders.member()
    assert report(topic, reporter, "spam")
    assert not report(topic, reporter, "abuse")
    assert weight(topic) == 1


def test_a_reporter_who_was_often_wrong_weighs_less(db):
    reporter = builders.member()
    for _ in range(4):
        wrong = builders.topic()
        report(wrong, reporter, "spam")
        settle_reports(wrong, upheld=False)
    topic = builders.topic()
    report(topic, reporter, "spam")
    assert weight(topic) == pytest.approx(2 / 6)


def test_nobody_reports_the_own(db):
    topic = builders.topic()
    with pytest.raises(lifecycle.NotAllowed):
        report(topic, topic.author, "spam")
