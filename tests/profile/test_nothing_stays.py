"""Nothing of a member is left in any text of any table, nothing about them waits, nobody learns who reported them."""

import json

import pytest
from sqlalchemy import select

from portal import models  # noqa: F401 (every table)
from portal.advocacy.models import Recognition
from portal.contributions import lifecycle
from portal.contributions.models import Decision
from portal.contributions.reports import report
from portal.contributions.screened import WatchedWord
from portal.contributions.thanks import give_thanks
from portal.contributions.thanks_words import say_why
from portal.db import db as database
from portal.members import measures
from portal.members.models import BoardRole
from portal.members.standing import name_for_board
from portal.moderation import appeals, commands, conduct
from portal.moderation.member_reports import report_member
from portal.moderation.models import Appeal, MemberReport, SavedView
from portal.notifications.models import Notification
from portal.profile import export
from portal.profile.commands import erase_member
from portal.rights.models import RightsRequest
from portal.stories.models import StoryInvitation
from tests import builders as make

WORDS = ("Nora Unique", "zebra", "Elm Street", "nora.unique", "ownplace")


@pytest.fixture
def nora(app):
    """A member of whom there is something in every table that holds words."""
    selma, spy = make.moderator("selma"), make.member("spy")
    member = make.member("nora", display_name="Nora Unique", email="nora.unique@mailinator.com", published_count=0)
    database.session.add(WatchedWord(words="zebra", act="hold"))
    database.session.flush()
    waits = make.topic(member, text="A secret zebra; call Nora Unique.", state="draft")
    lifecycle.submit(waits)
    removed = make.topic(member, text="By Nora Unique, of Elm Street.")
    commands.remove(removed, selma, "Hello Nora Unique, this is advertising.", "spam")
    appeals.appeal_decision(removed, member, "I am Nora Unique and I live in Elm Street.")
    told = dict.fromkeys(("who", "tried", "advice", "pull_quote", "trade", "goal", "figure_says"), "Elm Street")
    thanked = make.reply(make.topic())
    give_thanks(thanked, member)
    say_why(thanked, member, "Nora Unique is glad.")
    make.story(member, hard="Elm Street", **told)
    make.photo(member, taken_at_place="Elm Street")
    report(make.topic(spy), member, "spam", "Nora Unique says so.")
    report(make.topic(member), spy, "spam", "Nora Unique again.")
    report_member(member, spy, "abuse", "It is Nora Unique, of Elm Street.")
    report_member(spy, member, "abuse", "He wrote me, Nora Unique, a letter.")
    measures.warn(member, selma, "Nora Unique, please stop.")
    measures.silence(member, selma, "Nora Unique, stop.", 7)
    measures.suspend(member, selma, "Nora Unique, stop now.", 7)
    board = make.board().id
    name_for_board(member, board, "helper", make.admin())
    m = {"member_id": member.id}
    database.session.add_all(
        (
            SavedView(name="Nora Unique", chosen="kind=topic", **m),
            RightsRequest(contribution_id=removed.id, purpose="print", wording="?", words="Dear Nora Unique", **m),
            StoryInvitation(words="Dear Nora Unique", **m),
            Recognition(state="declined", score_then=1.0, reason="Nora Unique helped.", **m),
        )
    )
    database.session.commit()
    return member


@pytest.mark.parametrize("keep", [False, True])
def test_no_word_of_theirs_is_left_in_any_column_of_any_table(nora, settled, keep):
    settled()
    erase_member(nora, keep_contributions=keep)
    settled()
    left = []
    for table in database.metadata.sorted_tables:
        if table.name == "watched_word":
            continue
        for row in database.session.execute(select(table)):
            kept = keep and row._mapping.get("state") == "published"
            if kept or keep and table.name in ("story", "photo"):
                continue  # its author chose to leave what was published
            for column, value in row._mapping.items():
                text = json.dumps(value, default=str)
                left += [f"{table.name}.{column}: {text[:80]}" for word in WORDS if word.lower() in text.lower()]
    assert left == []
    assert database.session.query(BoardRole).count() == 0


def test_nothing_about_them_waits_for_ever(nora, as_member, settled):
    erase_member(nora, keep_contributions=False)
    settled()
    reports = database.session.scalars(select(MemberReport).where(MemberReport.member_id == nora.id)).all()
    assert [(r.settled_at is not None, r.upheld) for r in reports] == [(True, None)]
    assert database.session.query(Appeal).filter_by(decided_at=None).count() == 0
    queue = as_member(make.moderator("otto")).get("/moderation/").text
    assert f"/moderation/members/{nora.id}" not in queue
    about_others = database.session.scalars(select(MemberReport).where(MemberReport.reporter_id == nora.id)).one()
    assert about_others.settled_at is None


def test_nobody_learns_from_their_data_who_reported_them(app, settled):
    nora, spy, selma = make.member("nora"), make.member("spy"), make.moderator("selma")
    report_member(nora, spy, "abuse", "She insulted me.")
    for upheld in (None, False):
        if upheld is not None:
            conduct.settle_member_reports(nora, selma, upheld=upheld)
        settled()
        told = export.everything(nora)
        assert [line for line in told["activity"] if "report" in line["verb"]] == []
        assert [line["verb"] for line in export.everything(spy)["activity"]] == ["member_reported"]
    heard = database.session.scalars(select(Notification).where(Notification.verb == "report_kept")).one()
    assert heard.member_id == spy.id
    kept = export.everything(selma)["activity"]
    assert [line["data"]["reports"] for line in kept] == [
        [database.session.scalars(select(MemberReport.id)).one()]
    ]  # numbers of reports alone


def test_a_decision_that_was_blanked_keeps_its_rule(nora):
    erase_member(nora, keep_contributions=False)
    rules = {d.rule for d in database.session.scalars(select(Decision).where(Decision.as_moderator.is_(True)))}
    assert "spam" in rules


def test_no_word_is_left_of_what_stayed_and_is_removed_later(app, settled):
    """It can't come back, whoever decides otherwise: nobody is left who wrote it."""
    nora, selma = make.member("nora"), make.moderator("selma")
    topic, other = (make.topic(nora, title="A zebra", text="It lives in Elm Street.") for _ in range(2))
    erase_member(nora, keep_contributions=True)
    settled()
    commands.remove(topic, selma, "This is out of date.", "off_topic")
    settled()
    database.session.refresh(topic)
    database.session.refresh(other)
    assert (topic.title, topic.source, topic.html) == ("", "", "")
    assert (other.title, other.source) == ("A zebra", "It lives in Elm Street.")
