"""How the work goes: figures for everybody, plots for staff, warnings once each, second looks by lot."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.contributions.models import Decision
from portal.db import db
from portal.moderation import appeals, chores, commands, figures, quality, second_looks, undo
from portal.moderation.models import SecondLook
from tests import builders as make


def decide(hours: float, clock: Any, by: Any, how: str = "approve") -> Any:
    """A topic that waited so long."""
    topic = make.topic(state="pending")
    clock.advance(hours=hours)
    if how == "approve":
        commands.approve(topic, by)
    else:
        commands.remove(topic, by, "No.", how)
    return topic


def warn() -> int:
    db.session.commit()
    return chores.warn_of_late()


def test_what_everybody_reads_is_what_happened(app: Flask, client: Any, clock: Any) -> None:
    clock.freeze()
    mo, other = make.moderator(), make.moderator()
    for hours in range(1, 11):
        decide(hours, clock, mo)
    decide(1, clock, mo, "abuse")
    wrong = decide(1, clock, mo, "spam")
    appeals.appeal_decision(wrong, wrong.author, "No.")
    from portal.moderation.models import Appeal

    appeals.answer(db.session.scalars(select(Appeal.id)).one(), other, True, "")
    taken_back = decide(1, clock, mo)
    undo.undo(db.session.scalars(select(Decision.id).order_by(Decision.id.desc()).limit(1)).one(), mo)
    assert taken_back.state == "pending"
    f = figures.figures()
    assert (f.waiting, f.approved_lately, f.removed_lately) == (1, 10, 2)
    assert dict(f.removed_for) == {"insults or threats": 1, "advertising or spam": 1}
    assert (f.appeals_lately, f.upheld_lately, f.share_upheld) == (1, 1, 100)
    assert (f.half_within, f.most_within) == ("about 4 hours", "about 9 hours")
    page = client.get("/about/how-this-works").text
    for words in ("about 4 hours", "about 9 hours", "insults or threats", "1 of 1 appeals were right"):
        assert words in page, words


def test_the_figures_on_the_page_are_at_most_a_minute_old(app: Flask, clock: Any) -> None:
    clock.freeze()
    assert figures.recent_figures().waiting == 0
    make.topic(state="pending")
    clock.advance(seconds=59)
    assert figures.recent_figures().waiting == 0
    clock.advance(seconds=2)
    assert figures.recent_figures().waiting == 1


def test_undoing_and_appeals_are_lines_of_the_log(app: Flask, client: Any) -> None:
    mo, topic = make.moderator(), make.topic(state="pending")
    commands.approve(topic, mo)
    undo.undo(db.session.scalars(select(Decision.id).order_by(Decision.id.desc()).limit(1)).one(), mo)
    page = client.get("/moderation/log").text
    assert "the decision before was taken back" in page
    assert page.count("<td>topic") == 2 or page.lower().count("<td>topic") >= 2


def test_warnings_are_mailed_to_moderators_once_each(app: Flask, clock: Any, settled: Any, outbox: Any) -> None:
    clock.freeze()
    make.moderator("mara")
    make.admin("boss")
    make.moderator("gone", suspended_at=clock.freeze())
    make.member("nora")
    make.topic(state="pending")
    for hours, mails in ((23, 0), (1.1, 2), (1, 2), (23, 4), (30, 4)):
        clock.advance(hours=hours)
        warn()
        warn()
        settled()
        letters = [m for m in outbox() if "wait" in m["Subject"]]
        assert len(letters) == mails, hours
    assert {m["To"] for m in letters} == {"mara@example.org", "boss@example.org"}
    assert "longer than 48 hours" in letters[-1].get_body().get_content()


def test_what_is_sent_in_again_is_warned_of_again(app: Flask, clock: Any) -> None:
    from portal.contributions import lifecycle

    clock.freeze()
    topic, mo = make.topic(state="pending"), make.moderator()
    clock.advance(hours=25)
    assert warn() == 1
    lifecycle.return_to_author(topic, mo, "More.")
    topic.submitted_at = clock.advance(hours=1)
    lifecycle._move(topic, "pending", topic.author)
    assert warn() == 0
    clock.advance(hours=25)
    assert warn() == 1


def test_second_looks_are_drawn_by_lot_and_the_same_twice(make_app: Any, clock: Any) -> None:
    app = make_app(second_look_share=30, second_looks_a_day=8)
    with app.app_context():
        clock.freeze()
        mo = make.moderator()
        for _ in range(60):
            commands.approve(make.topic(state="pending"), mo)
        db.session.commit()
        first = second_looks.draw()
        assert 1 <= first <= 8
        again = second_looks.draw()
        assert first + again <= 8
        assert second_looks.draw() == 0
        clock.advance(days=1)
        second_looks.draw()
        clock.advance(days=5)
        assert second_looks.draw() == 0, "what is older takes no part"
        assert db.session.query(SecondLook).count() == len({s.decision_id for s in db.session.query(SecondLook)})


def test_a_second_look_is_somebody_elses_and_counts_once(app: Flask, as_member: Any) -> None:
    one, two, topic = make.moderator(), make.moderator(), make.topic(title="Looked at twice", state="pending")
    commands.approve(topic, one)
    drawn = SecondLook(decision_id=db.session.scalars(select(Decision.id).order_by(Decision.id.desc()).limit(1)).one())
    db.session.add(drawn)
    db.session.flush()
    address = f"/moderation/second-looks/{drawn.id}"
    own, other = as_member(one), as_member(two)
    assert "Looked at twice" not in own.get("/moderation/second-looks").text
    assert own.submit(address, {"agrees": "1"}).status_code == 403
    assert "Looked at twice" in other.get("/moderation/second-looks").text
    assert other.submit(address, {"agrees": "maybe"}).status_code == 400
    assert other.submit(address, {"agrees": "0", "note": "Too thin."}).status_code == 303
    other.submit(address, {"agrees": "1"})
    assert (drawn.agrees, drawn.note) == (False, "Too thin.")
    assert topic.state == "published"
    assert second_looks.agreement(make.clock.ago(days=1)) == (1, 0)


def test_the_quality_page_plots_and_tells_in_tables(app: Flask, as_member: Any, clock: Any) -> None:
    clock.freeze()
    mara, anna = make.moderator("mara"), make.moderator("anna")
    decide(2, clock, mara)
    decide(4, clock, mara)
    decide(1, clock, anna, "abuse")
    make.topic(state="pending")
    visitor = as_member(mara)
    page = visitor.get("/moderation/quality?days=7").text
    assert page.count("<svg class=\"plot\"") == 3
    assert page.count('role="img"') == 3
    assert page.index(">Anna</td>") < page.index(">Mara</td>"), "by name, not by number"
    assert "insults or threats" in page
    table = visitor.get("/moderation/quality.csv?days=7")
    assert table.mimetype == "text/csv"
    assert len(table.text.splitlines()) == 8
    today = quality.quality(7).days
    assert (sum(d.came for d in today), sum(d.decided for d in today), today[-1].backlog) == (4, 3, 1)
    for days in ("8", "x", "-1", "99999999999"):
        assert visitor.get(f"/moderation/quality?days={days}").status_code == 404
    assert visitor.get("/moderation/quality?days=365").status_code == 200


@pytest.mark.parametrize("address", ["quality", "quality.csv", "second-looks", "appeals"])
def test_members_see_none_of_it(app: Flask, as_member: Any, client: Any, address: str) -> None:
    assert as_member(make.member()).get(f"/moderation/{address}").status_code == 403
    assert client.get(f"/moderation/{address}").status_code == 303
