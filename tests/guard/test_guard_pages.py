"""The guard's pages: who sees what, what stands on them, and that names and reasons are only words."""

import pytest

from portal.db import db
from portal.guard import commands
from portal.guard.models import Finding, FindingAppeal, FindingMember
from portal.members.models import SignInOrigin
from portal.notifications.models import Notification
from tests import builders as make
from tests.guard.finding import appealed_by, finding_of, found, helped, set_aside_from
from tests.queries import heard

HOSTILE = '"><img src=x onerror=alert(1)>\u202e'
DIGEST = "fedcba9876543210fedcba9876543210"


@pytest.fixture
def mod(app, as_member):
    """A visitor who moderates."""
    return as_member(make.moderator("mod"))


def test_the_list_says_what_was_found_and_is_never_empty_without_a_word(mod):
    assert "Nothing looks arranged" in mod.get("/moderation/findings").text
    finding = finding_of(make.member(), make.member())
    page = mod.get("/moderation/findings").text
    assert f"/moderation/findings/{finding.id}" in page
    assert "1.50 of help score hangs on it" in page
    assert "Nothing of this sort" in mod.get("/moderation/findings?state=cleared").text
    assert f"/moderation/findings/{finding.id}" in mod.get("/moderation/findings?state=open&sort=storm").text
    assert mod.get("/moderation/findings?state=x").status_code == 404
    assert mod.get("/moderation/findings?page=9").status_code == 404
    assert "Findings 1" in mod.get("/moderation/").text


def test_open_findings_come_first_and_then_what_most_hangs_on(mod):
    made = [finding_of(make.member(), make.member()) for _ in range(3)]
    made[0].weight, made[1].weight, made[2].weight = 1.0, 3.0, 9.0
    made[2].state = "cleared"
    page = mod.get("/moderation/findings").text
    places = [page.index(f'/moderation/findings/{one.id}"') for one in made]
    assert places[1] < places[0] < places[2]


def test_one_finding_shows_drawing_table_and_people_without_any_address(mod):
    helper = make.member()
    for _ in range(3):
        one = make.member(published_count=1)
        helped(helper, one)
        db.session.add(SignInOrigin(member_id=one.id, digest=DIGEST))
    (finding,) = found()
    page = mod.get(f"/moderation/findings/{finding.id}").text
    assert "3 of them signed in from one place" in page
    assert "<svg" in page
    assert page.count('name="pair"') == 3
    assert DIGEST not in page
    assert "@example.org" not in page


def test_hostile_names_and_reasons_are_only_words(mod, as_member):
    helper, giver = make.member(display_name=HOSTILE), make.member(display_name=HOSTILE, verified=True)
    finding = finding_of(helper, giver)
    assert "<img" not in mod.get("/moderation/findings").text
    assert "<img src=x" not in mod.get(f"/moderation/findings/{finding.id}").text
    sent = mod.submit(
        f"/moderation/findings/{finding.id}/set-aside", {"pair": f"{giver.id}-{helper.id}", "reason": HOSTILE}
    )
    assert sent.status_code == 303
    own = as_member(helper)
    assert "<img src=x" not in own.get("/account/findings").text
    own.submit(f"/account/findings/{finding.id}/appeal", {"words": HOSTILE})
    other = as_member(make.moderator())
    for address in ("/moderation/findings/appeals", f"/moderation/findings/{finding.id}"):
        assert "<img src=x" not in other.get(address).text


def test_a_refused_form_keeps_what_was_typed_and_ticked(mod):
    helper, giver = make.member(), make.member()
    finding = finding_of(helper, giver)
    address = f"/moderation/findings/{finding.id}"
    sent = mod.submit(f"{address}/set-aside", {"reason": "Typed with care."})
    assert sent.status_code == 422
    assert "Typed with care." in sent.text
    assert "Please choose what is set aside" in sent.text
    assert "checked" not in sent.text
    sent = mod.submit(f"{address}/set-aside", {"pair": f"{giver.id}-{helper.id}"})
    assert sent.status_code == 422
    assert "checked" in sent.text
    assert mod.submit(f"{address}/clear").status_code == 422
    for nonsense in ("x-y", "-", "1" * 30, "٣-٤", "99999999999999999999-1"):
        assert mod.submit(f"{address}/set-aside", {"pair": nonsense, "reason": "Why."}).status_code == 422
    assert db.session.get(Finding, finding.id).state == "open"


def test_the_way_from_the_decision_to_the_answer(mod, as_member, settled):
    helper, giver = make.member("helga", display_name="Helga"), make.member("gustav", display_name="Gustav")
    finding = finding_of(helper, giver)
    settled()
    mod.submit(f"/moderation/findings/{finding.id}/set-aside", {"pair": f"{giver.id}-{helper.id}", "reason": "Why."})
    mod.submit(f"/moderation/findings/{finding.id}/clear", {"note": "Fine."})
    assert "Somebody decided this before you" in mod.get(f"/moderation/findings/{finding.id}").text
    settled()
    own = as_member(helper)
    assert "were set aside and do not count for now" in own.get("/notifications/").text
    told = (
        db.session.query(Notification)
        .filter(Notification.member_id == helper.id)
        .order_by(Notification.id.desc())
        .first()
    )
    assert own.get(f"/notifications/{told.id}").location.endswith("/account/findings")
    page = own.get("/account/findings").text
    assert "4 times somebody said that you helped" in page
    assert "Gustav" not in page
    assert own.submit(f"/account/findings/{finding.id}/appeal").status_code == 422
    assert own.submit(f"/account/findings/{finding.id}/appeal", {"words": "They were real."}).status_code == 303
    appeal = db.session.query(FindingAppeal).one()
    other = as_member(make.moderator())
    assert mod.submit(f"/moderation/findings/appeals/{appeal.id}/uphold").status_code == 403
    assert "They were real." in other.get("/moderation/findings/appeals").text
    assert other.submit(f"/moderation/findings/appeals/{appeal.id}/decline").status_code == 422
    assert other.submit(f"/moderation/findings/appeals/{appeal.id}/uphold", {"words": "Right."}).status_code == 303
    settled()
    page = own.get("/account/findings").text
    assert "You were right." in page
    assert "Counts again" in page
    assert "counts again, after it was set aside" in own.get("/moderation/log/findings").text


def test_nobody_reads_what_concerns_others(app, as_member):
    helper, giver, other = make.member(), make.member(), make.member()
    finding = set_aside_from(helper, giver)
    stranger = as_member(other)
    assert "Everything of yours counts" in stranger.get("/account/findings").text
    assert stranger.submit(f"/account/findings/{finding.id}/appeal", {"words": "x"}).status_code == 404
    assert stranger.submit("/account/findings/999999/appeal", {"words": "x"}).status_code == 404
    assert stranger.get(f"/moderation/findings/{finding.id}").status_code == 403
    assert as_member(helper).get(f"/moderation/findings/{finding.id}").status_code == 403
    assert as_member(make.moderator()).get("/moderation/findings/999999").status_code == 404


def test_a_moderator_concerned_neither_reads_nor_decides(app, as_member):
    own = make.moderator("concerned")
    finding = finding_of(own, make.member(display_name="Witness"))
    visitor = as_member(own)
    page = visitor.get("/moderation/findings").text
    assert "This is about you too" in page
    assert "Witness" not in page
    assert visitor.get(f"/moderation/findings/{finding.id}").status_code == 403
    assert visitor.submit(f"/moderation/findings/{finding.id}/clear", {"note": "Fine."}).status_code == 403


def test_the_public_log_names_nobody(client, app):
    helper = make.member(display_name="Helga Unmistakable")
    set_aside_from(helper)
    commands.clear(finding_of(make.member(), make.member()), make.moderator(), "A secret note.")
    page = client.get("/moderation/log/findings").text
    assert "set aside (4)" in page
    assert "nothing wrong" in page
    assert not any(word in page for word in ("Helga", "secret note", "came from one place"))
    assert "/moderation/log/findings" in client.get("/moderation/log").text


def test_an_erased_member_is_a_former_member(mod):
    helper, giver = make.member(display_name="Gone Soon"), make.member()
    finding = finding_of(helper, giver)
    helper.erased_at = helper.joined_at
    page = mod.get(f"/moderation/findings/{finding.id}").text
    assert "Gone Soon" not in page
    assert "a former member" in page


def test_pages_ask_little_however_much_they_show(app, as_member):
    costs = {}
    moderator = make.moderator()
    mod, helper = as_member(moderator), make.member()
    own = as_member(helper)
    for size in (1, 8):
        for _ in range(size):
            appealed_by(helper, by=make.moderator())
            finding = finding_of(helper, make.member(), times=3, people=(make.member(),))
        db.session.add_all(FindingMember(finding_id=finding.id, member_id=make.member().id) for _ in range(size))
        for visitor, address in (
            (mod, "/moderation/findings"), (mod, f"/moderation/findings/{finding.id}"),
            (mod, "/moderation/findings/appeals"), (mod, "/moderation/log/findings"), (own, "/account/findings"),
        ):  # fmt: skip
            visitor.get(address)
            db.session.commit()
            with heard(db.engine) as asked:
                assert visitor.get(address).status_code == 200
            key = address.rstrip("0123456789")
            assert len(asked) <= 12, f"{address}\n{asked}"
            costs.setdefault(key, []).append(len(asked))
    assert all(few == many for few, many in costs.values()), costs
