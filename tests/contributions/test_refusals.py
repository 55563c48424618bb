"""What was refused: its verdict is kept and told to moderators, its text is not."""

from sqlalchemy import func, select

from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Contribution
from portal.contributions.screened import WatchedWord
from portal.contributions.screening import refusals
from portal.contributions.screening.dryrun import dry_run
from portal.db import db
from portal.moderation import quality
from tests import builders


def refused_word():
    """A word that is refused."""
    db.session.add(WatchedWord(words="casino", whole_word=True, act="block"))
    db.session.commit()


def post(visitor, text):
    board = builders.board()
    db.session.commit()
    return visitor.submit("/forum/new", {"title": "The question itself", "source": text, "board": board.slug})


def test_the_verdict_outlives_the_request_that_is_undone_and_the_text_does_not(as_member, app):
    refused_word()
    nora = builders.member("nora")
    answer = post(as_member(nora), "Come to my casino, it stands by the secretlake.")
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Contribution)) == 0
    kept = db.session.scalars(select(Activity).where(Activity.verb == refusals.VERB)).one()
    assert (kept.member_id, kept.contribution_id) == (nora.id, None)
    first = kept.data["found"][0]
    assert (kept.data["kind"], kept.data["rule"], first["outcome"]) == ("topic", "watched_words", "refuse")
    assert "casino" in first["evidence"][0]
    assert "secretlake" not in str(kept.data)
    assert "The question itself" not in str(kept.data)


def test_staff_count_and_read_refusals(as_member, app):
    refused_word()
    nora = builders.member("nora")
    post(as_member(nora), "A casino.")
    mara = as_member(builders.moderator("mara"))
    assert quality.quality(7).refused == [("watched words", 1)]
    assert "What the rules refused last" in mara.get(f"/moderation/members/{nora.id}").text
    assert dry_run(settings(), []).refused == {"watched_words": 1}
    page = mara.get("/moderation/quality?days=7").text
    assert "Refused by the rules" in page


def test_an_edit_that_is_refused_is_kept_too(as_member, app):
    refused_word()
    topic = builders.topic(builders.member("nora"))
    db.session.commit()
    answer = as_member(topic.author).submit(
        f"/forum/topics/{topic.id}/edit", {"title": topic.title, "source": "A casino."}
    )
    assert answer.status_code == 422
    assert [line.data["edit"] for line in refusals.refusals_of(topic.author_id)] == [True]


def test_of_one_author_so_many_a_day_are_kept(as_member, app, clock, monkeypatch):
    refused_word()
    monkeypatch.setattr(refusals, "A_DAY_AT_MOST", 2)
    clock.freeze()
    nora = as_member(builders.member("nora"))
    for _ in range(3):
        post(nora, "A casino.")
    assert refusals.refused_since(builders.clock.ago(days=2)) == {"watched_words": 2}
    clock.advance(days=1, seconds=1)
    post(nora, "A casino.")
    assert refusals.refused_since(builders.clock.ago(days=2)) == {"watched_words": 3}
