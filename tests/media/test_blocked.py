"""Pictures that look alike are pointed out; those that a moderator purged are gone everywhere and stay away."""

import random

import pytest
from PIL import Image

from portal.contributions.lifecycle import NotAllowed
from portal.media import likeness
from portal.media.blocking import block_picture, unblock
from portal.media.commands import attach, receive_picture, set_face
from portal.media.intake import PictureRefused
from portal.media.models import BlockedPicture, Picture, PictureBand
from portal.notifications.models import Notification
from tests.builders import bring, member, moderator, story
from tests.media import samples
from tests.rights.showing import OTHER, WHEEL, WHEEL_AGAIN, bytes_left, picture_of, shown_photo

HASH = 0x3C5A_96F0_1B2D_4E87


def row(db, difference_hash, owner, sha256=""):
    """A picture in the ledger with this hash (a number), without files."""
    n = db.session.query(Picture).count()
    picture = Picture(
        owner_id=owner.id, width=320, height=240, bytes=1, media_type="image/jpeg", sha256=sha256 or f"{n:064x}",
        difference_hash=f"{difference_hash:016x}",
    )  # fmt: skip
    db.session.add(picture)
    db.session.flush()
    likeness.note(picture)
    return picture


def flipped(number, bits):
    """The hash with these bits turned."""
    for bit in bits:
        number ^= 1 << bit
    return number


def test_a_picture_is_noted_by_its_eight_bytes_when_it_is_kept(db):
    picture = receive_picture(member(), WHEEL)
    bands = {b.band: b.value for b in db.session.query(PictureBand).filter_by(picture_id=picture.id)}
    assert bytes(bands[n] for n in range(8)).hex() == picture.difference_hash


@pytest.mark.parametrize("bits", range(8))
def test_every_near_copy_is_found_wherever_its_bits_differ(db, bits):
    """Against looking at every one: whichever bits differ, the index finds those within six and no others."""
    owner, chance = member(), random.Random(bits)
    mine = row(db, HASH, owner)
    for _ in range(12):
        row(db, flipped(HASH, chance.sample(range(64), bits)), owner)
    for _ in range(12):
        row(db, chance.getrandbits(64), owner)
    slowly = {
        p.id: likeness.distance(p.difference_hash, mine.difference_hash)
        for p in db.session.query(Picture)
        if p.id != mine.id and likeness.distance(p.difference_hash, mine.difference_hash) <= likeness.NEAR
    }
    assert {found.picture.id: found.bits for found in likeness.near(mine)} == slowly
    assert len(slowly) == (12 if bits <= 6 else 0)


def test_one_bit_in_each_of_six_bytes_is_the_hardest_case(db):
    owner = member()
    mine, other = row(db, HASH, owner), row(db, flipped(HASH, range(0, 48, 8)), owner)
    assert [found.picture.id for found in likeness.near(mine)] == [other.id]


def test_flat_pictures_are_alike_only_when_they_are_the_same_file(db):
    owner = member()
    white, black, again = row(db, 0, owner, "a" * 64), row(db, 1, owner), row(db, 0, owner, "a" * 64)
    assert [(f.picture.id, f.bits) for f in likeness.near(white)] == [(again.id, 0)]
    assert likeness.near(black) == []
    full = row(db, 2**64 - 1, owner)
    assert likeness.near(full) == []


def test_however_many_look_alike_few_are_looked_at(db):
    owner = member()
    mine = row(db, HASH, owner)
    for _ in range(likeness.CANDIDATES + 20):
        row(db, HASH, owner)
    assert len(likeness.near(mine)) == likeness.CANDIDATES


def test_the_number_of_queries_does_not_grow_with_the_pictures(db):
    from sqlalchemy import event

    owner = member()
    pictures = [row(db, flipped(HASH, [n]), owner) for n in range(8)]
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(1))
    likeness.near_each(pictures[:1])
    few = len(seen)
    likeness.near_each(pictures)
    assert len(seen) == 2 * few <= 8


def test_a_moderator_is_told_in_the_queue_and_nobody_is_refused(as_member, db):
    first = shown_photo(member("mara"), WHEEL, title="The first one")
    second = shown_photo(member("tom"), WHEEL_AGAIN, title="The second one", state="pending")
    staff = as_member(moderator())
    for address in ("/moderation/", f"/moderation/{second.id}"):
        page = staff.get(address).text
        assert "Looks like" in page
        assert "The first one" in page
    assert "Looks like" in staff.get(f"/photos/{first.id}").text
    assert "Looks like" not in as_member(member()).get(f"/photos/{first.id}").text


def test_the_page_lists_near_copies_and_takes_those_that_are_ticked(as_member, db, settled, client):
    mara = member("mara")
    first, again = shown_photo(mara, WHEEL, title="Once"), shown_photo(member(), WHEEL_AGAIN, title="Twice")
    same, other = shown_photo(member(), WHEEL, title="Thrice"), shown_photo(member(), OTHER, title="Another")
    settled()
    addresses = [f"/media/{picture_of(p).public_key}-320.jpg" for p in (first, again, same)]
    tokens = [picture_of(p).token for p in (first, again, same, other)]
    staff = as_member(moderator())
    page = staff.get(f"/moderation/pictures/{tokens[0]}").text
    assert f'value="{tokens[2]}" checked' in page, "what is the same is ticked"
    assert f'value="{tokens[1]}"' in page
    assert tokens[3] not in page
    assert staff.submit(f"/moderation/pictures/{tokens[0]}", {"also": tokens[1:]}).status_code == 422
    typed = {"why": "A face that did not agree.", "also": [tokens[1], tokens[3]]}
    assert staff.submit(f"/moderation/pictures/{tokens[0]}", typed).status_code == 303
    # The worker has not moved yet.
    assert [client.get(a).status_code for a in addresses] == [404, 404, 200]
    left = {p.token for p in db.session.query(Picture)}
    assert left == {tokens[2], tokens[3]}, "what is no near copy can't be slipped in"
    assert {b.why for b in db.session.query(BlockedPicture)} == {"A face that did not agree."}
    assert sum(b.purged for b in db.session.query(BlockedPicture)) == 2


def test_not_a_byte_is_left_of_it(db, settled):
    photo = shown_photo()
    settled()
    block_picture(picture_of(photo), moderator(), "Not to be shown.")
    settled()
    assert bytes_left() == 0
    assert db.session.query(PictureBand).count() == 0


def test_photos_without_pictures_are_hidden_and_their_author_reads_why(db, settled):
    mara = member()
    photo = shown_photo(mara)
    block_picture(picture_of(photo), moderator(), "Somebody did not agree.")
    assert photo.state == "hidden"
    settled()
    told = {n.verb: n.note for n in db.session.query(Notification).filter_by(member_id=mara.id)}
    assert told["picture_blocked"] == "Somebody did not agree."
    assert "hidden" in told


def test_photos_that_keep_a_picture_and_texts_stay(db, settled, client):
    author = member()
    photo, tale = shown_photo(author, WHEEL, OTHER), story(author, state="draft")
    token = receive_picture(author, WHEEL_AGAIN).token
    tale.html = f'<p>Look: <img src="/pictures/{token}/1280" alt="A wheel" width="420"> there.</p>'
    attach(tale, [token], {})
    bring(tale, "published")
    staff = moderator()
    assert block_picture(picture_of(photo), staff, "No.", also=[picture_of(tale)]) == 2
    assert (photo.state, tale.state) == ("published", "published")
    assert tale.html == "<p>Look:  there.</p>"
    assert db.session.query(Picture).count() == 1


def test_a_face_is_taken_off(db, settled):
    mara = member()
    face = receive_picture(mara, WHEEL)
    set_face(mara, face)
    db.session.commit()
    block_picture(face, moderator(), "Not you.")
    settled()
    assert mara.picture_id is None
    assert mara.face_key is None
    assert bytes_left() == 0


@pytest.mark.parametrize("again", [WHEEL, WHEEL_AGAIN])
def test_what_was_blocked_is_not_taken_again_nor_what_is_as_good_as_the_same(as_member, db, again):
    from io import BytesIO

    block_picture(picture_of(shown_photo()), moderator(), "No.")
    visitor = as_member(member())
    answer = visitor.submit("/pictures/", {"file": (BytesIO(again), "wheel.jpg")})
    assert answer.status_code == 422
    assert answer.json["reason"] == "blocked"
    assert "was removed here before" in answer.json["error"]
    assert bytes_left("private") > 0 or db.session.query(Picture).count() == 0
    with pytest.raises(PictureRefused):
        receive_picture(member(), again)
    assert receive_picture(member(), OTHER)


def test_a_blocked_flat_picture_blocks_no_other_flat_one(db):
    white = samples.saved(Image.new("RGB", (300, 200), "white"))
    grey = samples.saved(Image.new("RGB", (300, 200), "grey"))
    block_picture(receive_picture(member(), white), moderator(), "No.")
    with pytest.raises(PictureRefused):
        receive_picture(member(), white)
    assert receive_picture(member(), grey)


def test_five_bits_are_another_picture(db):
    db.session.add(BlockedPicture(sha256="f" * 64, difference_hash=f"{HASH:016x}"))
    db.session.flush()
    assert likeness.blocked_like("0" * 64, f"{flipped(HASH, [1, 9, 17, 63]):016x}") is not None
    assert likeness.blocked_like("0" * 64, f"{flipped(HASH, [1, 9, 17, 33, 63]):016x}") is None


def test_it_can_be_taken_again_after_somebody_thought_better_of_it(as_member, db):
    photo = shown_photo()
    block_picture(picture_of(photo), moderator(), "A mistake, perhaps.")
    [blocked] = db.session.query(BlockedPicture)
    staff = as_member(moderator())
    assert "A mistake, perhaps." in staff.get("/moderation/blocked-pictures").text
    for said in ("can be sent again", "not blocked any more"):
        answer = staff.submit(f"/moderation/blocked-pictures/{blocked.id}/unblock")
        assert said in staff.get(answer.location).text
    assert receive_picture(member(), WHEEL)
    assert "No picture is blocked." in staff.get("/moderation/blocked-pictures").text


def test_only_moderators_do_so(db):
    picture = picture_of(shown_photo())
    with pytest.raises(NotAllowed):
        block_picture(picture, member(), "No.")
    db.session.add(BlockedPicture(sha256="f" * 64, difference_hash=f"{HASH:016x}"))
    db.session.flush()
    with pytest.raises(NotAllowed):
        unblock(db.session.query(BlockedPicture).one(), member())


def test_a_picture_purged_twice_is_not_found_the_second_time(as_member, db):
    token = picture_of(shown_photo()).token
    staff = as_member(moderator())
    answers = [staff.submit(f"/moderation/pictures/{token}", {"why": "No."}).status_code for _ in range(2)]
    assert answers == [303, 404]
    assert db.session.query(BlockedPicture).count() == 1


def test_what_is_no_near_copy_does_not_go_along_whoever_asks(db):
    photo, other = shown_photo(), shown_photo(member(), OTHER)
    assert block_picture(picture_of(photo), moderator(), "No.", also=[picture_of(other)]) == 1
    assert [p.contribution_id for p in db.session.query(Picture)] == [other.id]
