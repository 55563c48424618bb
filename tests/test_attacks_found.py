"""Attacks that worked once: each test is named after what must stay impossible."""

import io
import json
import logging

import pytest
from PIL import Image
from sqlalchemy.exc import StatementError

from portal import clock
from portal.contributions import lifecycle, screening
from portal.contributions.models import Contribution
from portal.contributions.writing import edit, edit_of, set_tags, write
from portal.media import commands as media
from portal.members import queries
from portal.profile import export
from tests import builders
from tests.visitors import Visitor


def visit(app, member=None) -> Visitor:
    """A browser in which this member is signed in."""
    return Visitor(app, app.response_class).sign_in(member)


def a_picture(owner):
    """A picture that belongs to nothing yet."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    return media.receive_picture(owner, data.getvalue())


# what nobody has looked at


def test_no_picture_of_a_newcomer_comes_in_by_an_edit_after_the_approval(app, db):
    newcomer = builders.member(new=True, published_count=1)
    topic = builders.topic(newcomer)
    picture = a_picture(newcomer)
    with pytest.raises(screening.Refused), edit_of(topic, newcomer):
        media.attach(topic, [picture.token])


def test_no_advertising_comes_in_by_an_edit_after_the_approval(app, db):
    newcomer = builders.member(new=True, published_count=4)
    topic = builders.topic(newcomer)
    links = " ".join(f"https://spam.example/{n}" for n in range(5))
    with pytest.raises(screening.Refused):
        edit(topic, newcomer, source=links)


def test_members_who_are_no_longer_new_and_moderators_edit_as_before(app, db):
    links = " ".join(f"https://good.example/{n}" for n in range(5))
    regular = builders.member()
    assert edit(builders.topic(regular), regular, source=links)
    assert edit(builders.topic(builders.member(new=True)), builders.moderator(), source=links)


def test_links_in_disguise_are_counted_as_links(app, db):
    newcomer = builders.member(new=True, published_count=4)
    topic = builders.topic(newcomer, state="draft")
    write(topic, title="Look", source="[a](//x.example/1) [b](ht&#116;ps://x.example/2) [c](//x.example/3)")
    assert screening.screen(topic, newcomer).rule == "links"


def test_tags_that_nobody_has_looked_at_are_offered_to_nobody(app, db):
    waiting = builders.topic(builders.member(new=True), state="pending")
    set_tags(waiting, ["aaa-buy-here"])
    set_tags(builders.topic(builders.member()), ["aab-brakes"])
    page = visit(app, builders.member()).get("/photos/new").text
    assert "aaa-buy-here" not in page
    assert "aab-brakes" in page


# power that was taken away


def test_a_suspended_moderator_no_longer_sees_the_queue_nor_decides(app, db):
    waiting = builders.topic(builders.member(), state="pending")
    sent_away = builders.moderator(suspended_at=clock.now(), suspended_why="Abuse")
    visitor = visit(app, sent_away)
    assert visitor.get("/moderation/").status_code == 403
    assert visitor.get(f"/c/{waiting.id}").status_code == 404
    assert visitor.submit(f"/moderation/{waiting.id}/approve").status_code == 403
    assert db.session.get(Contribution, waiting.id).state == "pending"


def test_a_suspended_admin_does_not_let_themselves_in_again(app, db):
    builders.admin()
    sent_away = builders.admin(suspended_at=clock.now(), suspended_why="Stolen password")
    assert visit(app, sent_away).submit(f"/admin/members/{sent_away.id}/reinstate").status_code == 403
    assert sent_away.suspended


# forms of other sites


@pytest.mark.parametrize(
    "told", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
@pytest.mark.parametrize("address", ["/admin/members/1/role", "/account/sign-in"])
def test_a_form_filled_in_by_another_site_is_not_offered_for_sending_again(app, db, told, address):
    for member in (None, builders.admin()):
        answer = visit(app, member).post(address, data={"role": "admin", "granted": "1"}, headers=told)
        assert answer.status_code == 400
        assert "granted" not in answer.text


def test_ones_own_form_that_was_open_too_long_is_still_offered(app, db):
    told = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = visit(app, builders.member()).post("/forum/new", data={"title": "My long text"}, headers=told)
    assert "My long text" in answer.text


# going round the limits


@pytest.mark.parametrize(
    "typed", ["Vera@Example.org", "mailto:vera@example.org", "vera@\uff45xample.org", "vera@example\u3002org"]
)
def test_an_account_has_one_count_of_tries_however_its_address_is_written(app, db, typed):
    builders.member("vera")
    assert queries.by_login(typed) is not None
    assert queries.login_key(typed) == queries.login_key("vera@example.org")
    assert queries.login_key("@Vera") == queries.login_key("vera")


def test_ending_other_sessions_does_not_begin_the_count_of_writing_anew(make_app):
    app = make_app(posts_per_minute=4)
    with app.app_context():
        visitor = visit(app, builders.member())
        answers = [visitor.submit("/account/sign-out-everywhere").status_code for _ in range(6)]
    assert answers == [303] * 4 + [429] * 2


# what is told to whom it does not concern


def test_taking_ones_data_out_does_not_tell_which_moderator_decided(app, db):
    author, moderator = builders.member(), builders.moderator()
    topic = builders.topic(author, state="pending")
    lifecycle.return_to_author(topic, moderator, "Say more")
    found = export.everything(author)
    assert [line["reason"] for line in found["decision"]][-1] == "Say more"
    assert moderator.id not in {line["actor_id"] for line in found["decision"]}
    json.loads(export.as_json(author))


def test_what_members_typed_is_not_in_the_errors_of_the_database(app, db):
    with pytest.raises(StatementError) as raised:
        db.session.execute(db.text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "correct horse battery"})
    assert "correct horse" not in str(raised.value)
    db.session.rollback()


def test_no_line_of_the_log_can_be_forged_by_an_address(app, caplog):
    with caplog.at_level(logging.INFO, "portal.requests"):
        visit(app).get("/x%0a12:00:00 INFO forged")
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_a_public_site_that_forgot_to_say_production_shows_nobody_the_mail(make_app):
    site = make_app(base_url="https://community.example.com")
    with site.app_context():
        assert site.test_client().get("/dev/mail/").status_code == 404


@pytest.mark.parametrize("owns", ["a Tern · helped 900 people", "✓ staff", "⭐ advocate"])
def test_what_a_member_owns_does_not_speak_for_the_site(as_member, owns):
    answer = as_member(builders.member()).submit("/account/profile", {"display_name": "Ada", "owns": owns})
    assert answer.status_code == 422
