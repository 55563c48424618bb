"""What staff learn of help as a whole: counted by hand here, and by the page."""

import csv
import io
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from portal import activity
from portal.advocacy.models import Recognition
from portal.advocacy.scoring import rebuild_scores
from portal.contributions.models import Contribution
from portal.csv_files import MARK
from portal.db import db
from portal.insights.advocates import advocates_since
from portal.insights.help_given import help_by_week
from portal.insights.questions import longest_unanswered, questions_since
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import accept, answered, solved, thanked
from tests.visitors import Visitor

companies = itertools.count()
SUNDAY = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


def follow() -> None:
    db.session.commit()
    activity.follow_up()


def customer() -> Member:
    """A verified customer of a company of their own."""
    return make.member(verified=True, organisation=f"Company {next(companies)}")


def publish_at(text: Contribution, at: datetime) -> None:
    db.session.execute(update(Contribution).where(Contribution.id == text.id).values(published_at=at))


def recognised(member: Member, **facts: object) -> Recognition:
    values = {"state": "accepted", "score_then": 6.0, "answered_at": SUNDAY - timedelta(days=100)}
    row = Recognition(member_id=member.id, **(values | facts))
    db.session.add(row)
    db.session.flush()
    return row


def test_a_week_begins_on_monday_and_ends_with_sunday(app, clock):
    clock.freeze(SUNDAY)
    helper = make.member()
    solved(helper)
    clock.advance(minutes=2)  # it is Monday
    thanked(answered(helper))
    reply = answered(make.member())
    thanked(reply)
    thanked(reply)
    follow()
    before, this = help_by_week(3)[1:]
    assert (before.begins.isoformat(), before.acts, before.helpers, before.helped) == ("2026-11-16", 1, 1, 1)
    assert (this.begins.isoformat(), this.acts, this.helpers, this.helped) == ("2026-11-23", 3, 2, 3)


def test_a_week_without_help_is_a_week_and_help_that_was_taken_back_is_none(app, clock):
    clock.freeze(SUNDAY)
    reply = answered(make.member())
    giver = thanked(reply)
    follow()
    from portal.contributions.thanks import withdraw_thanks

    withdraw_thanks(reply, giver)
    follow()
    assert [week.acts for week in help_by_week(13)] == [0] * 13


def test_questions_are_counted_with_who_solved_them_and_how_long_it_took(app, clock):
    clock.freeze(SUNDAY)
    start = SUNDAY - timedelta(days=10)
    for hours, by in ((1, make.member()), (3, make.member()), (8, make.member(is_employee=True))):
        topic = make.topic(make.member())
        publish_at(topic, start)
        own = make.reply(topic, db.session.get(Member, topic.author_id))  # the asker's own words are no answer
        publish_at(own, start + timedelta(minutes=1))
        early = make.reply(topic, make.member())
        publish_at(early, start + timedelta(minutes=30))
        reply = make.reply(topic, by)
        publish_at(reply, start + timedelta(hours=hours))
        accept(reply)
    make.topic(format="discussion")
    unanswered = make.topic(title="Nobody says anything")
    publish_at(unanswered, start)
    follow()
    found = questions_since(SUNDAY - timedelta(days=30))
    assert (found.asked, found.answered, found.solved, found.solved_by_customers) == (4, 3, 3, 2)
    assert (found.first_half, found.solved_half) == (timedelta(minutes=30), timedelta(hours=3))
    assert (found.unanswered, found.share_by_customers) == (1, 67)
    assert [topic.title for topic in longest_unanswered()] == ["Nobody says anything"]


def test_what_is_hidden_is_no_answer_and_no_question(app):
    topic = make.topic()
    make.reply(topic, state="hidden")
    make.topic(state="hidden")
    make.topic(state="pending")
    follow()
    found = questions_since(SUNDAY - timedelta(days=3650))
    assert (found.asked, found.answered, found.unanswered) == (1, 0, 1)


def test_an_advocate_behind_most_of_the_help_carries_too_much(app, clock):
    clock.freeze(SUNDAY)
    busy, other = make.member("busy"), make.member("other")
    for helper, times in ((busy, 15), (other, 3), (make.member(), 3)):
        for _ in range(times):
            thanked(answered(helper))
    recognised(busy)
    recognised(other)
    follow()
    one, two = advocates_since(SUNDAY - timedelta(days=30)).in_force
    assert (one.member.username, one.acts, one.replies, one.percent, one.too_much) == ("busy", 15, 15, 71, True)
    assert (two.member.username, two.acts, two.too_much) == ("other", 3, False)


def test_rising_is_who_is_on_the_way_and_helps_more_than_before(app, clock):
    clock.freeze(SUNDAY - timedelta(days=45))
    slowing, rising = make.member("slowing"), make.member("rising")
    for _ in range(6):
        solved(slowing, customer())
    solved(rising, customer())
    clock.freeze(SUNDAY)
    solved(slowing, customer())
    for _ in range(4):
        solved(rising, customer())
    company = make.member("company", is_employee=True)
    for _ in range(6):
        solved(company, customer())
    follow()
    rebuild_scores()
    found = advocates_since(SUNDAY - timedelta(days=30)).rising
    assert [(r.member.username, r.helped, r.helped_before) for r in found] == [("rising", 4, 1)]


def test_who_rests_leaves_and_left(app, clock):
    clock.freeze(SUNDAY)
    ends = SUNDAY + timedelta(days=200)
    recognised(make.member("rests"), state="resting", ends_at=ends)
    recognised(make.member("noticed"), below_since=SUNDAY - timedelta(days=5), ends_at=ends)
    recognised(make.member("runs_out"), ends_at=SUNDAY + timedelta(days=30))
    recognised(make.member("left"), state="ended", ended_at=SUNDAY - timedelta(days=5), reason="stepped down")
    recognised(make.member("long_gone"), state="ended", ended_at=SUNDAY - timedelta(days=400))
    recognised(make.member("never_asked"), state="ended", ended_at=SUNDAY - timedelta(days=5), answered_at=None)
    found = advocates_since(SUNDAY - timedelta(days=30))
    assert [r.member.username for r in found.resting] == ["rests"]
    assert [r.member.username for r in found.leaving] == ["noticed", "runs_out"]
    assert [r.member.username for r in found.left] == ["left"]


@pytest.mark.parametrize("table", ["weeks", "advocates", "rising", "unanswered"])
def test_each_table_is_taken_away_as_a_file_that_no_spreadsheet_runs(app, table, clock):
    clock.freeze(SUNDAY)
    helper = make.member(display_name="=HYPERLINK(1)")
    for _ in range(4):
        solved(helper, customer())
    make.topic(title="=HYPERLINK(1)")
    follow()
    if table == "advocates":
        recognised(helper)
    db.session.commit()
    visitor = Visitor(app, app.response_class).sign_in(make.admin())
    answer = visitor.get(f"/insights/help/{table}.csv?weeks=26")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="help-{table}-26-weeks.csv"'
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix(MARK), newline="")))
    assert len(rows) == (27 if table == "weeks" else 2)
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_the_page_says_it_in_words_and_for_each_plot_there_is_a_table(app, clock):
    clock.freeze(SUNDAY)
    helper = make.member("ada", display_name="<b>Ada</b>")
    for _ in range(4):
        solved(helper)
    recognised(helper)
    make.topic(title="Who <knows> this")
    follow()
    visitor = Visitor(app, app.response_class).sign_in(make.member(is_employee=True))
    page = visitor.get("/insights/help").text
    needed = ("Whom nobody answered", "Who &lt;knows&gt; this", "&lt;b&gt;Ada&lt;/b&gt;", "16 November 2026", "80 %")
    for words in needed:
        assert words in page, words
    assert "<b>Ada" not in page


def test_a_week_is_drawn_when_it_is_over_and_stands_in_the_table_so_far(app, clock):
    clock.freeze(SUNDAY)
    solved(make.member())
    follow()
    visitor = Visitor(app, app.response_class).sign_in(make.admin())
    page = visitor.get("/insights/help").text
    assert (page.count("so far"), page.count("plot-bar")) == (1, 0)
    clock.advance(minutes=2)
    assert visitor.get("/insights/help").text.count("plot-bar") == 1


@pytest.mark.parametrize("asked", ["0", "12", "-13", "x", "99999999999", ""])
def test_a_period_that_there_is_not_is_not_found(app, asked):
    visitor = Visitor(app, app.response_class).sign_in(make.admin())
    assert visitor.get(f"/insights/help?weeks={asked}").status_code == 404


def test_an_empty_house_has_a_page_too(app):
    visitor = Visitor(app, app.response_class).sign_in(make.admin())
    for weeks in (13, 26, 52):
        page = visitor.get(f"/insights/help?weeks={weeks}").text
        assert "Nobody has asked a question in this time." in page
        assert "Every open question has an answer." in page
