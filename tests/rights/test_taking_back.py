"""One click takes a consent back, everywhere and at once, whether the worker is there or not."""

import pytest

from portal.contributions import consents, lifecycle
from portal.contributions.models import Consent, Contribution
from portal.media.models import Picture
from tests.builders import bring, member, moderator, reply
from tests.finding import at
from tests.rights.showing import OTHER, WHEEL, bytes_left, picture_of, shown_photo


def give(photo, purpose):
    """A consent of its author's, as its number."""
    return consents.give(photo, purpose).id


def public_names(db):
    """Addresses by which everybody can load pictures now."""
    shown = [p for p in db.session.query(Picture) if p.public_key]
    return [f"/media/{p.public_key}-{p.public_widths.split(',')[0]}.jpg" for p in shown]


def test_the_list_shows_each_with_its_words_and_only_ones_own(as_member, db):
    mara, tom = member("mara"), member("tom")
    mine, other = shown_photo(mara, title="My wheel"), shown_photo(tom, title="Somebody else’s wheel")
    give(mine, "print")
    page = as_member(mara).get("/account/rights").text
    for words in ("My wheel", "brochures", "until I take it back", "Agreed on"):
        assert words in page
    assert "Somebody else’s wheel" not in page
    assert page.count("/take-back") == 3
    assert at(other) not in page


def test_who_agreed_to_nothing_is_told_what_would_stand_here(as_member):
    assert "You have agreed to nothing yet." in as_member(member()).get("/account/rights").text


def test_a_wider_right_goes_with_one_click_and_the_photo_stays(as_member, db, client):
    photo = shown_photo()
    number = give(photo, "email")
    answer = as_member(photo.author).submit(f"/account/rights/{number}/take-back")
    assert answer.status_code == 303
    assert db.session.get(Consent, number).revoked_at is not None
    assert client.get(at(photo)).status_code == 200


@pytest.mark.parametrize("purpose", ["site", "people_shown", "guardian"])
def test_a_right_it_needs_is_taken_back_after_saying_what_happens(as_member, db, client, settled, purpose):
    photo = shown_photo()
    number = give(photo, purpose)
    settled()
    [public] = public_names(db)
    assert client.get(public).status_code == 200
    visitor = as_member(photo.author)
    asked = visitor.submit(f"/account/rights/{number}/take-back")
    assert "It can’t be brought back" in asked.text
    assert client.get(public).status_code == 200, "asking changes nothing"
    visitor.submit(f"/account/rights/{number}/take-back", {"sure": "1"})
    # The worker has not moved yet.
    assert client.get(public).status_code == 404
    assert client.get(at(photo)).status_code == 410
    assert photo.title not in client.get("/photos/").text
    assert bytes_left("public") == 0
    settled()
    assert bytes_left() == 0
    assert db.session.query(Picture).count() == 0
    assert photo.title not in client.get(f"/search?q={photo.title}").text.partition("<main")[2].partition("</form>")[2]
    assert photo.title not in client.get("/feeds/all.atom").text


def test_pictures_below_what_was_taken_back_are_gone_at_once_too(as_member, db, client, settled):
    photo, answerer = shown_photo(), member()
    answer = reply(photo, answerer, state="draft")
    from portal.media.commands import attach, receive_picture

    attach(answer, [receive_picture(answerer, OTHER).token], {})
    bring(answer, "published")
    settled()
    names = public_names(db)
    assert len(names) == 2
    number = give(photo, "site")
    as_member(photo.author).submit(f"/account/rights/{number}/take-back", {"sure": "1"})
    assert [client.get(name).status_code for name in names] == [404, 404]
    settled()
    assert bytes_left() == 0


@pytest.mark.parametrize("verb", ["hide", "remove"])
def test_what_a_moderator_takes_from_view_is_gone_with_the_answer(as_member, db, client, settled, verb):
    photo = shown_photo()
    settled()
    [public] = public_names(db)
    staff = as_member(moderator())
    staff.submit(f"/moderation/{photo.id}/{verb}", {"words": "Please look at this again.", "reason": "other"})
    assert db.session.get(Contribution, photo.id).state == {"hide": "hidden", "remove": "removed"}[verb]
    assert client.get(public).status_code == 404
    assert bytes_left("public") == 0


def test_if_the_storage_fails_in_the_request_the_worker_takes_it_away(app, as_member, db, client, settled, monkeypatch):
    photo = shown_photo()
    settled()
    [public] = public_names(db)
    number = give(photo, "site")
    from portal.media import files

    def fails(key):
        raise OSError("the storage is away")

    with monkeypatch.context() as away:
        away.setattr(files, "delete_public", fails)
        answer = as_member(photo.author).submit(f"/account/rights/{number}/take-back", {"sure": "1"})
    assert answer.status_code == 303, "what was decided stands"
    assert db.session.get(Contribution, photo.id).state == "removed"
    settled()
    assert client.get(public).status_code == 404
    assert bytes_left() == 0


def test_what_is_rolled_back_takes_nothing_away(app, db, client, settled):
    photo = shown_photo()
    settled()
    [public] = public_names(db)
    lifecycle.hide(photo, moderator())
    db.session.rollback()
    settled()
    assert client.get(public).status_code == 200


@pytest.mark.parametrize("who", [member, moderator])
def test_somebody_elses_consent_is_not_found(as_member, db, who):
    photo = shown_photo()
    number = give(photo, "email")
    answer = as_member(who()).submit(f"/account/rights/{number}/take-back", {"sure": "1"})
    assert answer.status_code == 404
    assert db.session.get(Consent, number).revoked_at is None


def test_a_forged_form_takes_nothing_back(as_member, db):
    photo = shown_photo()
    number = give(photo, "email")
    assert as_member(photo.author).post(f"/account/rights/{number}/take-back", data={"sure": "1"}).status_code == 400
    assert db.session.get(Consent, number).revoked_at is None


def test_clicking_twice_says_that_it_had_ended(as_member, db):
    photo = shown_photo()
    number = give(photo, "email")
    visitor = as_member(photo.author)
    visitor.submit(f"/account/rights/{number}/take-back")
    when = db.session.get(Consent, number).revoked_at
    answer = visitor.submit(f"/account/rights/{number}/take-back")
    assert "ended already" in visitor.get(answer.location).text
    assert db.session.get(Consent, number).revoked_at == when


def test_the_form_asks_for_a_guardian_only_when_children_are_shown(as_member, db):
    who = member()
    from portal.media.commands import receive_picture

    token = receive_picture(who, WHEEL).token
    typed = {
        "title": "With the children", "product": "0", "pictures": token, f"alt-{token}": "A wheel",
        "agrees_site": "y", "agrees_people": "y", "shows_minors": "y",
    }  # fmt: skip
    visitor = as_member(who)
    assert "only show children if" in visitor.submit("/photos/new", typed).text
    assert db.session.query(Contribution).count() == 0
    visitor.submit("/photos/new", typed | {"agrees_guardian": "y", "may_print": "y", "rights_term": "24"})
    given = {c.purpose: c for c in db.session.query(Consent)}
    assert set(given) == {"site", "people_shown", "guardian", "print"}
    assert given["print"].until is not None
    assert given["guardian"].until is None


def test_consents_and_descriptions_that_are_missing_are_said_in_one_round(as_member, db):
    who = member()
    from portal.media.commands import receive_picture

    token = receive_picture(who, WHEEL).token
    page = as_member(who).submit("/photos/new", {"title": "A wheel", "product": "0", "pictures": token}).text
    assert "We can only show it if you agree." in page
    assert "what each picture shows" in page


def test_a_moderator_who_edits_agrees_to_nothing_in_the_authors_name(as_member, db):
    photo = shown_photo()
    before = db.session.query(Consent).count()
    staff = as_member(moderator())
    page = staff.get(f"/photos/{photo.id}/edit").text
    assert "agrees_site" not in page
    typed = {"title": "A better title", "product": "0", "pictures": picture_of(photo).token}
    staff.submit(f"/photos/{photo.id}/edit", typed | {"may_print": "y", "agrees_site": "y"})
    assert db.session.get(Contribution, photo.id).title == "A better title"
    assert db.session.query(Consent).count() == before
