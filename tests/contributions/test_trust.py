"""Trust: what earns it, what costs it for a while, and the page that says so."""

import pytest

from portal import clock as times
from portal.contributions import lifecycle, screening
from portal.contributions.reports import report, settle_reports
from portal.contributions.trust import standing_of, what_comes_next
from portal.members.models import Suspension
from tests import builders


def test_a_removed_contribution_costs_trust_for_a_while(db, clock):
    clock.freeze()
    author = builders.member(published_count=6)
    topic = builders.topic(author)
    assert standing_of(author).level == "regular"
    lifecycle.remove(topic, builders.moderator(), reason="no", rule="spam")
    lost = standing_of(author)
    assert (lost.level, lost.removed, lost.points) == ("new", 1, 1)
    clock.advance(days=91)
    assert standing_of(author).level == "regular"


def test_what_its_author_removed_costs_nothing(db):
    author = builders.member(published_count=6)
    lifecycle.remove(builders.topic(author), author)
    assert standing_of(author).removed == 0


def test_a_warning_costs_trust(db):
    author = builders.member(published_count=6)
    db.session.add(Suspension(member_id=author.id, kind="warned", why="tone"))
    db.session.flush()
    assert standing_of(author).level == "new"


def test_reports_earn_and_cost(db):
    reporter = builders.member(published_count=4)
    for upheld in (True, True, False):
        topic = builders.topic()
        report(topic, reporter, "spam")
        settle_reports(topic, upheld=upheld)
    standing = standing_of(reporter)
    assert (standing.agreed_reports, standing.false_reports, standing.points) == (2, 1, 5)
    assert standing.level == "regular"


def test_staff_are_trusted_whatever_happened(db):
    assert standing_of(builders.moderator(new=True)).level == "trusted"


def test_who_lost_trust_is_screened_like_a_new_member(db):
    author = builders.member(published_count=6)
    db.session.add(Suspension(member_id=author.id, kind="warned", why="tone", at=times.now()))
    topic = builders.topic(author, state="draft", text="https://a.example https://b.example https://c.example")
    assert screening.screen(topic, author).rule == "links"


@pytest.mark.parametrize(
    ("published", "days", "wanted"), [(0, 0, ("regular", 5, 3)), (5, 100, ("trusted", 25, 0)), (99, 100, ("", 0, 0))]
)
def test_what_comes_next(db, published, days, wanted):
    author = builders.member(published_count=published, joined_at=times.ago(days=days))
    assert what_comes_next(standing_of(author)) == wanted


def test_the_table_says_what_the_settings_say(make_app):
    app = make_app(new_links=7, trust_lost_days=44)
    with app.app_context():
        page = app.test_client().get("/about/trust").get_data(as_text=True)
    assert "7, with more it waits" in page
    assert "44 days" in page
    assert "Your trust" not in page


def test_the_account_says_the_own_level_and_what_comes_next(as_member, db):
    visitor = as_member(builders.member(new=True, published_count=2))
    page = visitor.get("/account/").get_data(as_text=True)
    assert "<strong>new</strong> member with 2 points" in page
    assert "<strong>regular</strong> after 3 points and 3 days more" in page
