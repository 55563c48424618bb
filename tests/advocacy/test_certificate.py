"""What an advocate shows elsewhere: marks, certificate, badge; true when asked, and honest when it is over."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from portal import clock as house
from portal.advocacy import commands
from portal.advocacy.models import Recognition
from portal.db import db
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import recognised, solved, topic_of
from tests.queries import heard

SignIn = Callable[..., Any]
Settle = Callable[[], int]
BADGE, CERTIFICATE = "/advocates/hanna/badge.svg", "/advocates/hanna/certificate"


@pytest.fixture
def hanna(app: Flask, settled: Settle, clock: Any) -> Member:
    """An advocate of six verified customers."""
    clock.freeze()
    member = make.member("hanna", display_name="Hanna Berg", trade="Carpenter", place="Ulm", owns="a Tern")
    for n in range(6):
        solved(member, make.member(verified=True, organisation=f"Firm {n}"))
    settled()
    recognised(member)
    return member


def own(member: Member) -> Recognition:
    query = db.select(Recognition).where(Recognition.member_id == member.id)
    return db.session.scalars(query.order_by(Recognition.id.desc())).first() or pytest.fail("there is none")


def words_of(answer: Any) -> str:
    """All that a badge says, as a reader of XML understands it."""
    return " | ".join(t.strip() for t in ElementTree.fromstring(answer.data).itertext() if t.strip())  # noqa: S314


def test_the_certificate_says_who_since_when_by_whom_and_how(hanna: Member, client: Any) -> None:
    page = client.get(CERTIFICATE)
    assert page.status_code == 200
    year = house.now().year
    for told in (
        "Hanna Berg", "as an <strong>advocate</strong>", f"{year}", "6 people", "Carpenter", "recognises",
        "Nobody applies for it", 'href="/advocates/"', "http://127.0.0.1:8000/advocates/hanna/certificate",
    ):  # fmt: skip
        assert told in page.text, told
    assert page.text.count('href="/topics/') == 3
    assert "Firm" not in page.text, "which companies were helped is nobody else's business"


def test_what_is_chosen_holds_on_certificate_badge_and_for_programs(hanna: Member, client: Any) -> None:
    everything = client.get(CERTIFICATE).text
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', everything)[0])
    assert data["jobTitle"] == "Carpenter"
    assert data["description"] == f"Advocate since {house.now().year}, helped 6 people"
    commands.choose_shown(own(hanna), hanna, numbers=False, answers=False, about=False)
    page = client.get(CERTIFICATE).text
    for told in ("6 people", "Carpenter", "Ulm", "a Tern", 'href="/topics/'):
        assert told not in page, told
    assert words_of(client.get(BADGE)).count("helped") == 0
    assert f"Advocate since {house.now().year}" in words_of(client.get(BADGE))


def test_the_badge_is_drawn_for_other_sites_and_for_a_short_time(hanna: Member, client: Any, as_member: SignIn) -> None:
    for visitor in (client, as_member(hanna)):
        answer = visitor.get(BADGE)
        assert answer.mimetype == "image/svg+xml"
        assert f"Advocate since {house.now().year}, helped 6 people" in words_of(answer)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        seconds = int(answer.headers["Cache-Control"].partition("max-age=")[2])
        assert 0 < seconds <= 300
        assert "Set-Cookie" not in answer.headers
        assert "script" not in answer.text
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(CERTIFICATE).headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["<script>x</script>", 'A & B "C"', "דנה כהן", "‮evil‬", "A\u0001B", "W" * 60])
def test_a_name_is_only_a_name_in_the_badge(hanna: Member, client: Any, name: str) -> None:
    hanna.display_name = name
    answer = client.get(BADGE)
    tree = ElementTree.fromstring(answer.data)  # noqa: S314 - our own, and the point is that it can be read
    assert {e.tag.partition("}")[2] for e in tree.iter()} <= {"svg", "title", "rect", "path", "circle", "text"}
    assert "\u202e" not in answer.text
    if name.startswith("<"):
        assert name in words_of(answer)


def test_the_badge_is_in_force_or_it_is_the_same_for_everybody(
    hanna: Member, client: Any, clock: Any, as_member: SignIn
) -> None:
    neutral = client.get("/advocates/nobody-at-all/badge.svg")
    assert neutral.status_code == 200
    assert "Not in force" in words_of(neutral)
    make.member("plain")
    unconfirmed = make.member("fresh", email_confirmed_at=None)
    recognised(unconfirmed)
    for username in ("plain", "fresh", "former-1", "%3Cscript%3E", "x" * 200):
        answer = client.get(f"/advocates/{username}/badge.svg")
        assert (answer.status_code, answer.data) == (200, neutral.data), username


def rests(m: Member) -> None:
    commands.rest(own(m), m)


def steps_down(m: Member) -> None:
    commands.step_down(own(m), m)


def is_suspended(m: Member) -> None:
    m.suspended_at = house.now()


def is_erased(m: Member) -> None:
    from portal.profile.commands import erase_member

    erase_member(m, keep_contributions=True)


def joins_the_company(m: Member) -> None:
    m.is_employee = True


def is_over(m: Member) -> None:
    own(m).ends_at = house.now() - timedelta(seconds=1)  # and no nightly review has been there yet


@pytest.mark.parametrize(
    ("happens", "status"),
    [(rests, 404), (steps_down, 410), (is_suspended, 404), (is_erased, 404), (joins_the_company, 404), (is_over, 404)],
)
def test_what_is_not_in_force_this_instant_is_shown_nowhere(
    hanna: Member, client: Any, happens: Callable[[Member], None], status: int
) -> None:
    happens(hanna)
    page = client.get(CERTIFICATE)
    assert page.status_code == status
    assert "recognises" not in page.text
    assert "helped 6" not in page.text
    assert "Not in force" in words_of(client.get(BADGE))
    assert "certificate of" not in client.get("/advocates/marks?of=hanna").text


def test_a_certificate_tells_no_more_of_who_is_here_than_the_members_page(hanna: Member, client: Any) -> None:
    make.member("fresh", email_confirmed_at=None)
    gone = make.member("gone", erased_at=house.now())
    make.member("plain")
    for username in ("fresh", "gone", "nobody", "plain"):
        page = client.get(f"/advocates/{username}/certificate")
        wanted = client.get(f"/members/{username}").status_code
        assert page.status_code == (404 if username == "plain" else wanted), username
    assert gone.display_name not in client.get("/advocates/gone/certificate").text
    nobody, fresh = (client.get(f"/advocates/{name}/certificate").text for name in ("nobody", "fresh"))
    assert nobody.replace("nobody", "") == fresh.replace("fresh", "")
    moved = client.get("/advocates/Hanna/certificate")
    assert (moved.status_code, moved.location) == (301, CERTIFICATE)


def test_the_marks_are_explained_one_tap_from_every_name(hanna: Member, client: Any) -> None:
    topic = make.topic(hanna)
    page = client.get(f"/topics/{topic.id}/{topic.slug}").text
    [link] = set(re.findall(r'<a class="mark mark-advocate" href="([^"]+)"', page))
    assert link == "/advocates/marks?of=hanna#advocate"
    meaning = client.get(link.partition("#")[0]).text
    for what in ("advocate", "mentor", "ambassador", "verified", "team", "moderator"):
        assert f'id="{what}"' in meaning
    assert 'href="/advocates/hanna/certificate"' in meaning
    assert client.get("/advocates/marks?of=nobody").status_code == 200
    assert "certificate of" not in client.get("/advocates/marks").text


def test_no_mark_stands_inside_another_link(hanna: Member, client: Any, settled: Settle) -> None:
    story, photo = make.story(hanna), make.photo(hanna)
    topic = topic_of(solved(hanna, make.member("asker", verified=True)))
    make.article(make.member("ed", is_employee=True, is_moderator=True, verified=True))
    settled()
    db.session.commit()
    addresses = ("/", "/forum/", "/stories/", "/photos/", "/blog/", "/members/", "/members/hanna", "/search?q=question")
    for address in (
        *addresses,
        "/advocates/",
        "/advocates/marks?of=hanna",
        f"/stories/{story.id}/{story.slug}",
        f"/photos/{photo.id}",
        f"/topics/{topic.id}/{topic.slug}",
    ):
        depth, page = 0, client.get(address)
        assert page.status_code == 200
        for tag in re.findall(r"<a[ >]|</a>", page.text):
            depth += 1 if tag != "</a>" else -1
            assert 0 <= depth <= 1, address


def test_certificate_marks_and_badge_ask_little(hanna: Member, client: Any) -> None:
    client.get(CERTIFICATE)
    for address, most in ((CERTIFICATE, 12), ("/advocates/marks?of=hanna", 5), (BADGE, 2)):
        with heard(db.engine) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= most, asked
