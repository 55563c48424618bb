"""What is deleted is deleted: the bytes that are left are counted, public and private."""

import pytest

from portal import worker
from portal.chores import CHORES
from portal.contributions import lifecycle
from portal.contributions.models import Consent
from portal.media.commands import attach, receive_picture, set_face
from portal.media.models import Picture, PictureBand
from portal.media.publishing import settle_face
from portal.media.purging import sweep_removed
from portal.profile.commands import erase_member
from portal.rights.commands import ask
from portal.rights.models import RightsRequest
from tests.builders import bring, member, moderator, reply
from tests.rights.showing import OTHER, WHEEL, bytes_left, shown_photo


def with_answer(photo, answerer):
    """A published reply below it that shows a picture of its own."""
    answer = reply(photo, answerer, state="draft")
    attach(answer, [receive_picture(answerer, OTHER).token], {})
    return bring(answer, "published")


def test_what_its_author_removed_leaves_not_a_byte(db, settled):
    author = member()
    photo = shown_photo(author, WHEEL, OTHER)
    with_answer(photo, member())
    settled()
    assert bytes_left("public") > 0
    assert bytes_left("private") > 0
    lifecycle.remove(photo, author)
    settled()
    assert bytes_left() == 0
    assert db.session.query(Picture).count() == 0
    assert db.session.query(PictureBand).count() == 0


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "hidden"])
def test_nor_does_what_never_was_public(db, settled, state):
    author = member()
    photo = shown_photo(author, WHEEL, state=state)
    lifecycle.remove(photo, author)
    settled()
    assert bytes_left() == 0


def test_a_reply_that_its_author_removed_takes_its_own_pictures_along_and_no_others(db, settled):
    photo, answerer = shown_photo(), member()
    answer = with_answer(photo, answerer)
    settled()
    lifecycle.remove(answer, answerer)
    settled()
    assert [p.contribution_id for p in db.session.query(Picture)] == [photo.id]


def test_what_a_moderator_removed_is_not_public_and_kept_until_its_term_is_over(make_app, settled, clock):
    from portal.db import db

    app = make_app(removed_pictures_days=7)
    with app.app_context():
        clock.freeze()
        photo = shown_photo()
        with_answer(photo, member())
        settled()
        kept = shown_photo(member(), OTHER)
        lifecycle.remove(photo, moderator(), "Not yours to show.")
        settled()
        assert bytes_left("private") > 0
        assert [p.contribution_id for p in db.session.query(Picture) if p.public_key] == [kept.id]
        clock.advance(days=7)
        assert sweep_removed() == 0
        clock.advance(seconds=1)
        assert sweep_removed() == 2
        settled()
        assert [p.contribution_id for p in db.session.query(Picture)] == [kept.id]
        assert sweep_removed() == 0


def test_the_worker_does_so_by_the_hour():
    [chore] = [c for c in CHORES if c.do is sweep_removed]
    assert isinstance(chore, worker.Chore)
    assert chore.every == 3600


@pytest.mark.parametrize("state", ["published", "hidden", "pending", "returned", "draft"])
def test_an_account_that_is_erased_with_all_it_wrote_leaves_not_a_byte(db, settled, state):
    author = member()
    photo = shown_photo(author, WHEEL, state=state)
    with_answer(photo, member())
    set_face(author, receive_picture(author, OTHER))
    settle_face(author)
    receive_picture(author, WHEEL)  # used for nothing yet
    settled()
    assert erase_member(author, keep_contributions=False)
    settled()
    assert bytes_left() == 0
    assert db.session.query(Picture).count() == 0


def test_an_account_that_is_erased_leaves_what_it_published_and_not_its_face(db, settled, client):
    author = member()
    photo = shown_photo(author)
    set_face(author, receive_picture(author, OTHER))
    settle_face(author)
    settled()
    face = f"/media/{author.face_key}-320.jpg"
    assert client.get(face).status_code == 200
    erase_member(author, keep_contributions=True)
    settled()
    assert client.get(face).status_code == 404
    assert [p.contribution_id for p in db.session.query(Picture)] == [photo.id]


def test_pictures_that_a_moderator_had_removed_go_with_the_account(db, settled):
    author = member()
    photo = shown_photo(author)
    lifecycle.remove(photo, moderator(), "Not yours to show.")
    settled()
    assert bytes_left("private") > 0
    erase_member(author, keep_contributions=True)
    settled()
    assert bytes_left() == 0


def test_who_leaves_takes_back_all_that_goes_beyond_the_site(db, settled):
    from portal.contributions import consents

    author, staff = member(), moderator()
    photo = shown_photo(author)
    consents.give(photo, "print")
    ask(photo, staff, ["email"], "May we?")
    erase_member(author, keep_contributions=True)
    settled()
    stands = {c.purpose for c in db.session.query(Consent) if c.revoked_at is None}
    assert stands == {"site", "people_shown"}
    assert db.session.query(RightsRequest).one().withdrawn_at is not None


def test_if_the_transaction_fails_no_file_is_gone(db, settled):
    author = member()
    shown_photo(author)
    settled()
    before = bytes_left()
    erase_member(author, keep_contributions=False)
    db.session.rollback()
    settled()
    assert bytes_left() == before
    assert db.session.query(Picture).count() == 1
