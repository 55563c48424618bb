"""What a moderator's decision sets aside does not count until it is lifted; stories and photos help to decide."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal import activity, clock
from portal.advocacy.models import SetAside
from portal.contributions.models import Thanks
from portal.db import db
from portal.guard.models import Finding
from tests import builders as make
from tests.advocacy.helping import accept, answered, credit_again, kept, lines, thanked

Settle = Callable[[], int]


def finding() -> Finding:
    """Something that was decided about."""
    made = Finding(sort="reciprocal", key=f"pattern {db.session.query(Finding).count()}", state="set_aside")
    db.session.add(made)
    db.session.flush()
    return made


@pytest.mark.parametrize("kind", ["story", "photo"])
def test_a_members_thanks_for_a_story_or_photo_say_that_it_helped_them_decide(
    app: Flask, settled: Settle, kind: str
) -> None:
    author = make.member()
    thanked(getattr(make, kind)(author))
    settled()
    assert lines(author) == [("decided", False)]
    assert author.help_score == pytest.approx(2 * 0.3 / 1.3)


def test_thanks_for_a_reply_below_a_story_are_thanks(app: Flask, settled: Settle) -> None:
    helper, author = make.member(), make.member(verified=True)
    thanked(make.reply(make.story(author), helper), author)
    settled()
    assert lines(helper) == [("thanks", False)]


@pytest.mark.parametrize("sort", ["thanks", "accepted"])
def test_what_is_set_aside_is_reversed_and_counts_again_exactly_when_lifted(
    app: Flask, settled: Settle, sort: str
) -> None:
    helper, asker = make.member(), make.member(verified=True)
    reply = answered(helper, asker)
    rows = {"accepted": accept(reply).id}
    thanked(reply, asker)
    rows["thanks"] = db.session.scalars(db.select(Thanks.id)).one()
    settled()
    whole = kept()
    aside = SetAside(sort=sort, source_id=rows[sort], contribution_id=reply.id, finding_id=finding().id, at=clock.now())
    db.session.add(aside)
    activity.record("help_set_aside", reply)
    settled()
    line = "asker_thanks" if sort == "thanks" else "accepted"
    assert sorted(lines(helper)) == sorted([("accepted", False), ("asker_thanks", False), (line, True)])
    assert 0 < kept()[helper.id][0] < whole[helper.id][0]
    credit_again()
    assert len(lines(helper)) == 3
    aside.lifted_at = clock.now()
    activity.record("help_counted_again", reply)
    settled()
    assert lines(helper)[-1] == (line, False)
    assert kept() == whole


def test_what_two_decisions_set_aside_counts_when_both_are_lifted(app: Flask, settled: Settle) -> None:
    helper = make.member()
    reply = answered(helper)
    row = accept(reply)
    both = [
        SetAside(sort="accepted", source_id=row.id, contribution_id=reply.id, finding_id=finding().id, at=clock.now())
        for _ in range(2)
    ]
    db.session.add_all(both)
    activity.record("help_set_aside", reply)
    settled()
    assert helper.help_score == 0
    both[0].lifted_at = clock.now()
    activity.record("help_counted_again", reply)
    settled()
    assert helper.help_score == 0
    both[1].lifted_at = clock.now()
    activity.record("help_counted_again", reply)
    settled()
    assert helper.help_score > 0


def test_only_the_row_that_was_meant_is_set_aside(app: Flask, settled: Settle) -> None:
    helper = make.member()
    reply = answered(helper)
    row = accept(reply)
    thanks_of_that_number = SetAside(
        sort="thanks", source_id=row.id, contribution_id=reply.id, finding_id=finding().id, at=clock.now()
    )
    db.session.add(thanks_of_that_number)
    activity.record("help_set_aside", reply)
    settled()
    assert lines(helper) == [("accepted", False)]
