"""What moderators and authors read beside a decision: the pictures with their words, and why an address is gone."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from portal.contributions.models import Contribution
from portal.db import db
from portal.media.models import Picture
from portal.moderation import appeals, commands
from tests import builders as make

SignIn = Callable[..., Any]
WHY_LINK = "A moderator removed this. Read why, or appeal"
HASH = "0123456789abcdef"


def pictured(contribution: Contribution, alt: str) -> Contribution:
    """The same with a picture."""
    picture = Picture(
        owner_id=contribution.author_id, contribution_id=contribution.id, alt=alt, width=640, height=480, bytes=1000,
        media_type="image/jpeg", sha256="a" * 64, difference_hash=HASH,
    )  # fmt: skip
    db.session.add(picture)
    db.session.flush()
    return contribution


def test_appeals_about_pictures_are_judged_with_them(app: Flask, as_member: SignIn) -> None:
    nora, mara = make.member("nora"), make.moderator("mara")
    photos = [pictured(make.photo(nora), f"Squares {n}") for n in range(2)]
    for photo in photos:
        commands.remove(photo, mara, "Somebody else's.", "spam")
        appeals.appeal_decision(photo, nora, "They are mine.")
    page = as_member(make.moderator("otto")).get("/moderation/appeals").text
    for n in (1, 2):
        assert page.count(f'id="picture-{n}"') == 1
        assert f"Squares {n - 1}</span>" in page
    receipt = as_member(nora).get(f"/c/{photos[0].id}/receipt").text
    assert 'id="picture-1"' in receipt
    assert "Squares 0</span>" in receipt


def test_only_the_author_of_what_a_moderator_removed_is_led_to_the_reason(
    app: Flask, as_member: SignIn, client: Any
) -> None:
    nora, mara = make.member("nora"), make.moderator("mara")
    topic, own = make.topic(nora), make.topic(nora, title="My own to take away")
    commands.remove(topic, mara, "Advertising.", "spam")
    author = as_member(nora)
    page = author.get(f"/topics/{topic.id}")
    assert page.status_code == 410
    assert WHY_LINK in page.text
    assert f"/c/{topic.id}/receipt" in page.text
    for reader in (client, as_member(make.member()), as_member(make.moderator())):
        gone = reader.get(f"/topics/{topic.id}")
        assert gone.status_code == 410
        assert WHY_LINK not in gone.text
    assert author.submit(f"/c/{own.id}/remove", {"sure": "1"}).status_code == 303
    gone = author.get(f"/topics/{own.id}")
    assert gone.status_code == 410
    assert WHY_LINK not in gone.text


def test_ones_own_unused_uploads_are_no_news(app: Flask, as_member: SignIn) -> None:
    nora = make.member("nora")
    photo = pictured(make.photo(nora, state="pending"), "Squares")
    spare = pictured(photo, "The same again")
    unused = db.session.query(Picture).order_by(Picture.id.desc()).first()
    assert unused is not None
    unused.contribution_id = None
    db.session.flush()
    db.session.expire(spare, ["pictures"])
    mara = as_member(make.moderator("mara"))
    assert "a picture not used yet" not in mara.get(f"/moderation/{photo.id}").text
    unused.owner_id = make.member("otto").id
    db.session.flush()
    assert "a picture not used yet" in mara.get(f"/moderation/{photo.id}").text
