"""Marks for what was promised: seen by everybody wherever the text shows, counted in public, of no effect at all."""

import ast
from pathlib import Path

import pytest

from portal.activity import Activity
from portal.contributions import incentives, lifecycle, screening
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Incentive, Thanks
from portal.contributions.thanks import give_thanks, recount_helpfulness
from portal.db import db
from portal.forum.commands import accept_reply
from portal.members.models import Member
from portal.notifications.models import Notification
from portal.stories import invitations
from tests import builders as make
from tests.finding import at

GIFT = "a gift card over 20 €"
HOUSE = Path(incentives.__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def house(app):
    """All of these happen in one."""


@pytest.fixture
def staff(app):
    return make.member("emma", is_employee=True)


@pytest.mark.parametrize(
    ("kind", "words"), [("story", "telling"), ("photo", "showing"), ("topic", "writing"), ("article", "writing")]
)
def test_everybody_reads_it_beside_the_text(client, staff, kind, words):
    one = getattr(make, kind)()
    incentives.promise(one, GIFT, staff)
    page = client.get(at(one)).text
    assert f"Receives {GIFT} from the company for {words} this." in page
    assert "/about/how-this-works#incentives" in page


def test_on_a_reply_that_solved_the_question(client, staff):
    asker = make.member()
    topic = make.topic(asker)
    reply = make.reply(topic)
    accept_reply(reply, asker)
    incentives.promise(reply, GIFT, staff)
    assert f"Receives {GIFT} from the company for answering." in client.get(at(topic)).text


def test_in_lists_that_show_the_text_and_in_feeds_but_not_in_what_machines_are_told(client, staff):
    story = make.story()
    incentives.promise(story, GIFT, staff)
    for page in ("/stories/", "/feeds/stories.atom"):
        assert f"Receives {GIFT}" in client.get(page).text
    data = client.get(at(story)).text.partition("application/ld+json")[2].partition("</script>")[0]
    assert "@type" in data
    assert "gift" not in data


def test_without_a_promise_there_is_no_word_of_one(client, staff):
    story = make.story()
    for page in (at(story), "/stories/", "/feeds/stories.atom"):
        assert "from the company for" not in client.get(page).text


def test_it_is_a_row_a_record_and_a_copy_and_its_author_hears_of_it(staff, settled):
    story = make.story(title="No car any more")
    made = incentives.promise(story, f"  {GIFT}\n", staff)
    settled()
    assert (made.what, made.promised_by_id, story.incentive) == (GIFT, staff.id, GIFT)
    line = db.session.query(Activity).filter_by(verb="incentive_promised").one()
    assert (line.contribution_id, line.actor_id) == (story.id, staff.id)
    told = db.session.query(Notification).filter_by(verb="incentive_promised").one()
    assert (told.member_id, told.note, told.actor_id) == (story.author_id, GIFT, None)


def test_promised_twice_in_the_same_words_is_one_and_in_others_two(staff):
    story = make.story()
    assert incentives.promise(story, GIFT, staff).id == incentives.promise(story, GIFT, staff).id
    incentives.promise(story, "a lock", staff)
    assert story.incentive == f"{GIFT} and a lock"


def test_only_a_mistake_takes_it_off_with_a_reason_and_the_row_stays(staff):
    story = make.story()
    made = incentives.promise(story, GIFT, staff)
    with pytest.raises(ValueError, match="reason"):
        incentives.withdraw(made, staff, "  ")
    assert incentives.withdraw(made, staff, "It was for another story.")
    assert not incentives.withdraw(made, staff, "Again.")
    assert story.incentive == ""
    assert db.session.query(Incentive).one().withdrawn_at is not None
    line = db.session.query(Activity).filter_by(verb="incentive_withdrawn").one()
    assert line.data["why"] == "It was for another story."


@pytest.mark.parametrize("who", ["customer", "advocate", "author", "suspended moderator"])
def test_nobody_but_colleagues_of_the_company_promise(who):
    story = make.story(make.moderator())
    by = {
        "customer": lambda: make.member(verified=True),
        "advocate": lambda: make.member(advocate_since=story.published_at),
        "author": lambda: db.session.get_one(Member, story.author_id),
        "suspended moderator": lambda: make.moderator(suspended_at=story.published_at),
    }[who]()
    with pytest.raises(NotAllowed):
        incentives.promise(story, GIFT, by)
    assert story.incentive == ""


@pytest.mark.parametrize("state", ["draft", "removed"])
def test_nothing_is_promised_for_what_nobody_sent_or_what_is_gone(staff, state):
    with pytest.raises(NotAllowed):
        incentives.promise(make.story(state=state), GIFT, staff)


@pytest.mark.parametrize("what", ["", "   ", "\u200b\n", "\u202e"])
def test_a_promise_of_nothing_is_none(staff, what):
    with pytest.raises(ValueError, match="something"):
        incentives.promise(make.story(), what, staff)


def test_markup_in_a_promise_is_only_words(client, staff):
    story = make.story()
    incentives.promise(story, "<script>alert(1)</script>", staff)
    for page in (at(story), "/stories/"):
        assert "<script>alert" not in client.get(page).text
    feed = client.get("/feeds/stories.atom").text
    assert "&lt;script&gt;alert" not in feed  # it would be a tag once a reader's program has unescaped it
    assert "&amp;lt;script&amp;gt;" in feed


def test_the_public_page_counts_what_carries_a_mark_this_year(client, staff):
    for _ in range(3):
        make.story()
    marked, gone, photo = make.story(), make.story(), make.photo()
    for one in (marked, gone, photo):
        incentives.promise(one, GIFT, staff)
    incentives.promise(marked, "a lock", staff)  # two promises, one contribution
    lifecycle.hide(gone, make.moderator())
    by_mistake = make.story()
    incentives.withdraw(incentives.promise(by_mistake, GIFT, staff), staff, "Mistake.")
    found = incentives.figures(db.session)
    assert (found.published["story"], found.marked) == (5, {"story": 1, "photo": 1})
    assert found.share == pytest.approx(100 * 2 / 6)
    page = client.get("/about/how-this-works").text
    assert "2 with a mark, 33.3 % of all" in page


def test_an_empty_site_counts_nothing_and_shows_its_page(client):
    assert incentives.figures(db.session).share is None
    assert "none with a mark" in client.get("/about/how-this-works").text


# no effect


def test_no_rule_order_or_score_so_much_as_reads_a_mark():
    looked = [
        *(HOUSE / "contributions" / "screening").rglob("*.py"), *(HOUSE / "search").rglob("*.py"),
        *(HOUSE / "advocacy").rglob("*.py"), *(HOUSE / "moderation").rglob("*.py"), *(HOUSE / "guard").rglob("*.py"),
        HOUSE / "contributions" / "helpfulness.py", HOUSE / "contributions" / "lifecycle.py",
        HOUSE / "contributions" / "trust.py", HOUSE / "contributions" / "thread.py", HOUSE / "stories" / "queries.py",
    ]  # fmt: skip
    assert len(looked) > 40
    code = [path for path in looked if "incentive" in _code_of(path).lower()]
    assert code == []


def _code_of(path):
    """A module without what it says in words."""
    return ast.unparse(_WithoutWords().visit(ast.parse(path.read_text(encoding="utf-8"))))


class _WithoutWords(ast.NodeTransformer):
    def visit_Expr(self, node):
        said = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.copy_location(ast.Pass(), node) if said else node


def test_the_same_text_is_screened_the_same_with_and_without(staff):
    for author in (make.member(), make.member(new=True)):
        plain, marked = make.story(author, state="pending"), make.story(author, state="pending")
        incentives.promise(marked, GIFT, staff)
        for one in (plain, marked):
            one.source = one.html = "The same words, nothing else."
        assert screening.screen(plain, author).outcome == screening.screen(marked, author).outcome


def test_the_order_of_replies_and_the_help_score_stay_as_they_are(staff, settled):
    topic = make.topic()
    replies = [make.reply(topic) for _ in range(3)]
    for reply in replies[:2]:
        give_thanks(reply, make.member(verified=True))
    settled()

    def standing():
        for reply in replies:
            recount_helpfulness(reply)
        scores = {m.id: (m.help_score, m.helped_count) for m in db.session.scalars(db.select(Member))}
        return [reply.helpfulness for reply in replies], scores, db.session.query(Thanks).count()

    before = standing()
    for reply in (replies[0], replies[2]):
        incentives.promise(reply, GIFT, staff)
    settled()
    assert standing() == before


# promised with an invitation


def test_a_story_that_was_promised_something_for_is_marked_from_the_start(as_member, staff, settled):
    nora = make.member("nora", verified=True)
    browser = as_member(staff)
    sent = {"words": "Do tell how it went.", "promised": GIFT}
    assert browser.submit("/stories/invite/nora", sent).status_code == 303
    settled()
    invitation = invitations.open_for(nora)[0]
    assert GIFT in invitation.words
    assert "whatever it says" in invitation.words
    assert GIFT in as_member(nora).get("/notifications/").text
    story = make.story(nora, state="pending")
    assert invitations.answer(invitation, story)
    assert story.incentive == GIFT
    assert db.session.query(Incentive).one().promised_by_id == staff.id


def test_an_invitation_without_a_promise_marks_nothing(staff):
    nora = make.member("nora")
    invitation = invitations.invite(staff, nora, "Do tell.")
    story = make.story(nora)
    assert invitations.answer(invitation, story)
    assert (story.incentive, invitation.words) == ("", "Do tell.")


def test_words_and_promise_too_long_together_come_back(as_member, staff):
    make.member("nora")
    answer = as_member(staff).submit("/stories/invite/nora", {"words": "x" * 990, "promised": GIFT})
    assert answer.status_code == 422
    assert "characters too long" in answer.text


# the page where staff mark


def test_staff_mark_and_correct_it_on_its_page(as_member, staff):
    story = make.story()
    page, browser = f"/insights/incentives/{story.id}", as_member(staff)
    assert page in browser.get(at(story)).text
    assert browser.submit(page, {"what": GIFT}).status_code == 303
    assert story.incentive == GIFT
    made = db.session.query(Incentive).one()
    assert browser.submit(f"{page}/{made.id}/mistake", {"why": ""}).status_code == 422
    assert browser.submit(f"{page}/{made.id}/mistake", {"why": "Wrong story."}).status_code == 303
    assert story.incentive == ""
    assert browser.submit(f"/insights/incentives/{make.story().id}/{made.id}/mistake", {"why": "x"}).status_code == 404
    assert page not in as_member(make.member()).get(at(story)).text
