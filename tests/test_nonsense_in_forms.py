"""Nonsense into every form: a sentence comes back, never an error of ours, and nothing breaks later."""

from io import BytesIO
from urllib.parse import quote, quote_from_bytes

import pytest

from portal import activity
from portal.db import db
from portal.forms import Form
from tests import builders
from tests.media import samples
from tests.nonsense import HOSTILE
from tests.roles import WHO
from tests.things import visit, whom

LATER = ("/", "/forum/", "/blog/", "/stories/", "/photos/", "/members/", "/moderation/log", "/feeds/all.atom")


def field_names() -> set[str]:
    """The fields of every form there is, and what buttons send."""

    def below(form: type) -> set[type]:
        return {form}.union(*(below(sub) for sub in form.__subclasses__()))

    names = {name for form in below(Form) for name in dir(form) if hasattr(getattr(form, name), "field_class")}
    extra = {"sure", "next", "preview", "seen", "role", "granted", "picture", "pictures", "alt-x", "resume", "again:x"}
    return (names | extra) - {"csrf_token", "submission_key"}


def encoded(names: list[str], value: str | bytes, token: str) -> bytes:
    """A form's body with this value in every field."""
    raw = quote_from_bytes(value) if isinstance(value, bytes) else quote(value, safe="")
    return "&".join([f"csrf_token={token}", *(f"{quote(n)}={raw}" for n in names)]).encode()


def look_around(app, member) -> None:
    """What was taken in is followed up without a failure, and shows nowhere as anything but text."""
    db.session.commit()
    activity.follow_up()
    assert [e.last_error for e in db.session.query(activity.Errand) if e.last_error] == []
    db.session.rollback()
    visitor = visit(app, member)
    for address in (*LATER, "/moderation/", "/notifications/", "/account/contributions", "/admin/"):
        page = visitor.get(address)
        assert page.status_code == 200, address
        assert "<script>alert" not in page.text, address
        assert "onerror=alert(1)>" not in page.text.replace("&gt;", ""), address


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_nonsense_in_every_field_of_every_form_at_once(house, what):
    app, everyone, things = house
    names, broken = sorted(field_names()), {}
    for route in (r for r in WHO if r.startswith("POST")):
        visitor = visit(app, everyone[whom(route)])
        body = encoded([n for n in names if n != "preview"], HOSTILE[what], visitor.csrf_token())
        answer = visitor.post(
            things.address(route.split()[1], "POST"), data=body, content_type="application/x-www-form-urlencoded"
        )
        if answer.status_code >= 500:
            broken[route] = answer.status_code
    assert broken == {}
    look_around(app, everyone["admin"])


FILLED = {
    "/forum/new": {"title": "May I?", "source": "I do ask.", "tags": "bell", "format": "question", "board": "repairs"},
    "/c/{topic}/reply": {"source": "Of course."},
    "/c/{topic}/report": {"reason": "spam", "note": "Look."},
    "/stories/new": {"title": "It works", "hard": "It did not.", "changed": "It does.", "trade": "", "goal": ""},
    "/blog/new": {"title": "Some thoughts", "source": "Many.", "summary": "A few.", "tags": "bell"},
    "/account/profile": dict.fromkeys(("display_name", "about", "place", "trade", "owns", "goals"), "Mara"),
    "/account/sign-up": {"email": "n@example.org", "username": "new", "display_name": "New", "password": "a b c d e f"},
    "/account/sign-in": {"login": "customer", "password": "x", "next": "/"},
    "/account/forgotten": {"email": "customer@example.org"},
    "/admin/site": dict.fromkeys(("name", "tagline", "company", "welcome", "contact"), "A") | {"accent_hue": "250"},
    "/admin/boards": {"name": "New board", "description": "x", "slug": "new"},
    "/admin/products": {"name": "New product", "description": "x"},
    "/moderation/{topic}/hide": {"reason": "other", "words": "x"},
    "/moderation/{story}/story": {"title": "It went well", "changed": "Much.", "seen": "x"},
    "/moderation/{topic}/approve-with-changes": {"title": "May I?", "source": "I do ask.", "seen": "x"},
    "/moderation/members/1/measure": {"measure": "warn", "days": "7", "why": "Be kind."},
    "/moderation/views": {"name": "Mine", "kind": "topic", "board": "1"},
}
"""Forms as somebody in good faith would send them."""


@pytest.mark.slow
@pytest.mark.parametrize("form", FILLED)
def test_nonsense_in_one_field_of_a_form_that_is_fine_otherwise(make_app, house, form):
    app, everyone, _ = house
    topic, story = builders.topic(), builders.story(state="pending")
    db.session.commit()
    address, broken = form.format(topic=topic.id, story=story.id), []
    visitor = visit(app, everyone["admin" if "admin" in form else "moderator"])
    for name in FILLED[form]:
        for what, value in HOSTILE.items():
            typed = visitor.csrf_token()
            good = "&".join(f"{n}={quote(v)}" for n, v in FILLED[form].items() if n != name)
            body = good.encode() + b"&" + encoded([name], value, typed)
            answer = visitor.post(address, data=body, content_type="application/x-www-form-urlencoded")
            if answer.status_code >= 500 or answer.status_code == 400:
                broken.append((name, what, answer.status_code))
    assert broken == []
    look_around(app, everyone["admin"])


SENT = (
    b"", b"null", b"[]", b"1", b'"x"', b"{", b'{"key": 1, "fields": {}}', b'{"key": "topic:new", "fields": []}',
    b'{"key": null}', b'{"key": "topic:new", "fields": {"title": 1, "x": [1], "y": {"z": null}}}', b"\xff\xfe",
    b'{"key": "topic:new", "fields": {"title": "a\\u0000b", "\\ud800": "\\udfff"}}', b"[" * 100_000,
    b'{"key": "' + b"x" * 100_000 + b'", "fields": {"a": "b"}}', b'{"key": "topic:new", "fields": {"a": NaN}}',
    b'{"key": "topic:new", "fields": {"title": "' + b"x" * 500_000 + b'"}}', b'{"key": "no", "fields": {"a": "b"}}',
)  # fmt: skip


def test_json_of_the_wrong_shape_gets_a_sentence(house):
    app, everyone, _ = house
    visitor = visit(app, everyone["customer"])
    for sent in SENT:
        for method in ("PUT", "DELETE"):
            answer = visitor.open(
                "/drafts", method=method, data=sent, content_type="application/json",
                headers={"X-CSRFToken": visitor.csrf_token()},
            )  # fmt: skip
            assert answer.status_code in (200, 400, 413, 422), (method, sent[:60])
            assert answer.is_json
            assert visitor.get("/forum/new").status_code == 200, (method, sent[:60])


UPLOADED = ("/pictures/", "/photos/new", "/stories/new", "/account/profile", "/admin/customers")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug leaves a file open
@pytest.mark.parametrize("address", UPLOADED)
def test_an_upload_that_breaks_off_gets_a_sentence(house, address):
    app, everyone, _ = house
    visitor = visit(app, everyone["admin" if "admin" in address else "customer"])
    parts = "".join(
        f'--frontier\r\nContent-Disposition: form-data; name="{name}"; filename="x.jpg"\r\n'
        f"Content-Type: image/jpeg\r\n\r\n{'x' * 99}\r\n"
        for name in ("file", "files", "portrait", "list")
    )
    whole = f"{parts}--frontier--\r\n".encode()
    for cut in (1, 20, 60, 150, -60, -5):
        for length in (len(whole[:cut]), len(whole)):  # ended early, or announced longer than it is
            answer = visitor.post(
                address, input_stream=BytesIO(whole[:cut]), content_length=length,
                content_type="multipart/form-data; boundary=frontier", headers={"X-CSRFToken": visitor.csrf_token()},
            )  # fmt: skip
            assert answer.status_code in (400, 413, 422), (cut, length)


def test_a_name_of_a_file_means_nothing(house):
    app, everyone, _ = house
    visitor = visit(app, everyone["customer"])
    picture = samples.saved(samples.drawing())
    for name in ("../../etc/passwd", "a\0b.jpg", "x" * 5000 + ".jpg", "\u202egpj.exe", "con.jpg", "a\r\nb.jpg", ""):
        answer = visitor.submit("/pictures/", {"file": (BytesIO(picture), name)}, content_type="multipart/form-data")
        assert answer.status_code in (201, 422), name
