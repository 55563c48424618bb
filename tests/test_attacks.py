"""What strangers try: to be led elsewhere, to see what is not theirs, to pass off another address."""

import re
import time
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from portal import clock
from portal.contributions.addresses import url_of
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.search import followers as search
from portal.web import is_local
from tests import builders
from tests.roles import WHO
from tests.things import visit, whom
from tests.visitors import Visitor

ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example/", "\\\\evil.example/",
    "/\t/evil.example/", "\t//evil.example/", " //evil.example/", "https:evil.example", "/\n/evil.example/",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "/\x00//evil.example/", "http:///evil.example/",
    "/a\r\nSet-Cookie: evil=1\r\n", "//evil.example\\@localhost/", "/%5cevil.example/..//evil.example",
)  # fmt: skip
TOKENS = re.compile(r'(?:name="csrf_token" value|name="csrf-token" content)="[^"]*"')
"""They are others in each second."""
KINDS = ("topic", "article", "story", "photo")
UNSEEN = ("draft", "pending", "returned", "hidden", "removed")


def leads_to(location: str) -> str:
    """The host a browser ends up at: it takes backslashes for slashes and drops tabs and line ends."""
    seen = "".join(c for c in location.strip() if c not in "\t\r\n").replace("\\", "/")
    return urlsplit(urljoin("http://localhost/here", seen)).netloc


# being led elsewhere


@pytest.mark.parametrize("where", ELSEWHERE)
def test_no_such_address_counts_as_one_of_this_site(where):
    assert not is_local(where) or leads_to(where) == "localhost"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/\t/evil.example/"])
def test_no_button_leads_to_another_site(house, where):
    app, everyone, things = house
    led: dict[str, str] = {}
    for route in (r for r in WHO if r.startswith("POST")):
        address = things.address(route.split()[1], "POST")
        visitor = visit(app, everyone[whom(route)])
        answer = visitor.submit(address, {"next": where, "sure": "1"}, query_string={"next": where})
        assert answer.status_code < 500, route
        assert "evil" not in answer.headers.get("Set-Cookie", "")
        if answer.status_code in (301, 302, 303, 307, 308) and leads_to(answer.headers["Location"]) != "localhost":
            led[route] = answer.headers["Location"]
    assert led == {}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(house, where):
    app, everyone, _ = house
    answer = visit(app, everyone["customer"]).get("/account/sign-in", query_string={"next": where})
    assert leads_to(answer.headers["Location"]) == "localhost"
    page = visit(app).get("/account/sign-in", query_string={"next": where})
    assert page.status_code == 200
    assert 'action="//' not in page.text
    assert 'action="https://evil' not in page.text


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/%2e%2e", "/\\evil.example", "///evil.example"])
def test_a_path_that_looks_like_a_host_leads_nowhere(client, path):
    answer = client.open(path="/", environ_overrides={"PATH_INFO": path, "REQUEST_URI": path})
    assert answer.status_code in (200, 404) or leads_to(answer.headers["Location"]) == "localhost"


# guessed numbers


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", UNSEEN)
def test_what_is_not_public_is_there_for_nobody_who_guesses_its_number(house, kind, state):
    app, everyone, _ = house
    thing = getattr(builders, kind)(everyone["customer"], title="The secret of the house", state=state)
    with app.test_request_context():
        own = url_of(thing)
    db.session.commit()
    status = 410 if state == "removed" else 404
    number = thing.id
    for role in ("prospect", "newcomer", "employee"):
        visitor = visit(app, everyone[role])
        for address in (own, f"/c/{number}"):
            answer = visitor.get(address)
            assert answer.status_code == status, (role, address)
            assert "secret of the house" not in answer.text
        if role == "prospect":
            continue
        for what in ("reply", "edit", "history", "report", "remove"):
            assert visitor.get(f"/c/{number}/{what}").status_code == status, (role, what)
        for what in ("reply", "thanks", "follow", "report", "withdraw", "submit", "edit", "remove"):
            assert visitor.submit(f"/c/{number}/{what}").status_code == status, (role, what)


@pytest.mark.parametrize("kind", KINDS)
def test_a_removed_draft_never_was(house, kind):
    """410 is for what was public once; what never was tells nobody that it existed."""
    app, everyone, _ = house
    thing = getattr(builders, kind)(everyone["customer"], state="draft")
    db.session.commit()
    assert visit(app, everyone["customer"]).submit(f"/c/{thing.id}/remove", {"sure": "1"}).status_code == 303
    for role in ("prospect", "newcomer", "moderator"):
        assert visit(app, everyone[role]).get(f"/c/{thing.id}").status_code == 404


@pytest.mark.parametrize("state", ["hidden", "removed"])
@pytest.mark.parametrize("kind", KINDS)
def test_replies_go_with_what_they_reply_to(house, kind, state):
    app, everyone, _ = house
    reply = builders.reply(getattr(builders, kind)(everyone["customer"]), text="A secret answer.")
    builders.bring(db.session.get(Contribution, reply.parent_id), "published")
    db.session.execute(
        Contribution.__table__.update().where(Contribution.__table__.c.id == reply.parent_id).values(state=state)
    )
    db.session.commit()
    for role in ("prospect", "newcomer"):
        answer = visit(app, everyone[role]).get(f"/c/{reply.id}")
        assert answer.status_code == (410 if state == "removed" else 404)
    for address in (f"/c/{reply.id}/reply", f"/c/{reply.id}/report"):
        assert visit(app, everyone["newcomer"]).get(address).status_code in (404, 410)


@pytest.mark.parametrize("state", ["pending", "returned", "hidden"])
def test_a_reply_that_is_not_public_does_not_stand_below(house, state):
    app, everyone, _ = house
    topic = builders.topic()
    reply = builders.reply(topic, everyone["customer"], text="A secret answer.", state=state)
    with app.test_request_context():
        own = url_of(topic)
    db.session.commit()
    for role in ("prospect", "newcomer", "employee"):
        visitor = visit(app, everyone[role])
        assert "secret answer" not in visitor.get(own).text
        assert "secret answer" not in visitor.get(f"{own}?quote={reply.id}").text
        assert visitor.get(f"/c/{reply.id}").status_code == 404


def test_nobody_learns_from_an_answer_whether_there_is_something(house):
    app, everyone, _ = house
    pending = builders.topic(everyone["customer"], state="pending")
    db.session.commit()
    visitor = visit(app, everyone["newcomer"])
    there, not_there = visitor.get(f"/topics/{pending.id}"), visitor.get("/topics/999999")
    assert there.status_code == not_there.status_code == 404
    said, otherwise = (TOKENS.sub("", answer.text) for answer in (there, not_there))
    assert said.replace(f"/topics/{pending.id}", "/topics/999999") == otherwise


def test_what_is_not_public_is_in_no_list(house):
    app, everyone, _ = house
    builders.topic()
    for kind in KINDS:
        for state in UNSEEN:
            getattr(builders, kind)(everyone["customer"], title=f"The secret of the house, {state}", state=state)
    db.session.commit()
    search.rebuild()
    lists = [r.split()[1] for r in WHO if r.startswith("GET") and r.split()[1] in LISTS]
    for role in ("prospect", "newcomer"):
        for endpoint in lists:
            with app.test_request_context():
                address = app.url_map.bind("localhost").build(endpoint, LISTS[endpoint])
            answer = visit(app, everyone[role]).get(address)
            assert answer.status_code == 200, address
            assert "secret of the house" not in answer.text, address


LISTS = {
    "front.show_front": {}, "forum.show_forum": {}, "forum.show_board": {"slug": "repairs"}, "stories.show_stories": {},
    "stories.show_photos": {}, "blog.show_blog": {}, "members.show_member": {"username": "customer"},
    "moderation.show_log": {}, "search.search": {"q": "secret"},
    "search.suggest_places": {"q": "secret"}, "search.show_similar": {"title": "The secret of the house"},
    "advocacy.show_advocates": {},
    "feeds.show_feed": {"name": "all"}, "feeds.show_sitemap": {}, "feeds.show_sitemap_part": {"part": 0},
}  # fmt: skip


def test_another_members_things_are_not_found(house):
    app, everyone, things = house
    for endpoint in ("notifications.open_notification", "media.show_picture"):
        address = things.address(endpoint)
        assert visit(app, everyone["newcomer"]).get(address).status_code == 404
        assert visit(app, everyone["customer"]).get(address).status_code < 400


# passing off another address, or another header


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-For": "127.0.0.1, evil.example", "X-Forwarded-Prefix": "//evil.example"},
    ],
)
def test_no_page_takes_its_own_address_from_the_request(house, headers, outbox_of):
    app, everyone, _ = house
    builders.topic(everyone["customer"])
    db.session.commit()
    for address in ("/", "/forum/", "/account/sign-in", "/feeds/all.atom", "/sitemap.xml", "/robots.txt"):
        assert "evil.example" not in visit(app).get(address, headers=headers).text
    answer = visit(app).get("/account/", headers=headers)
    assert leads_to(answer.headers["Location"]) in ("localhost", "")
    visitor = visit(app)
    typed = {"email": everyone["customer"].email, "csrf_token": visitor.csrf_token()}
    cookie = {"Cookie": f"portal={visitor.get_cookie('portal').value}"}  # a jar would keep it from another host
    without_jar = Visitor(app, app.response_class, use_cookies=False)
    assert without_jar.post("/account/forgotten", data=typed, headers=headers | cookie).status_code < 400
    mails = outbox_of(app)
    assert mails
    assert not [m for m in mails if "evil.example" in m.as_string()]


@pytest.fixture
def outbox_of():
    """All mail an application wrote, the worker having done its work."""
    from portal.activity import follow_up
    from tests.conftest import read_mail

    def read(app):
        with app.app_context():
            follow_up()
        return read_mail(app.extensions["portal.settings"].mail_folder)

    return read


@pytest.mark.parametrize("given", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "%0d%0aX-Evil:%201", "é\x00", "a" * 10_000])
def test_nothing_typed_becomes_a_header(house, given):
    app, everyone, _ = house
    member = db.session.scalars(select(Member).where(Member.username == "customer")).one()
    search.rebuild()
    visitor = visit(app, member)
    answers = [
        visitor.get("/search", query_string={"q": given}),
        visitor.get("/members/", query_string={"q": given}),
        visitor.get(f"/members/{given}"),
        visitor.get(f"/forum/{given}/"),
        visitor.get(f"/blog/{given}"),
        visitor.submit("/account/sign-in", {"login": given, "password": given, "next": given}),
        visitor.submit(f"/c/{builders.topic().id}/thanks", {"next": given}),
        visitor.get("/account/export/data.json"),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.request.path
        assert "X-Evil" not in answer.headers
        assert len(answer.headers.get("X-Request-Id", "")) <= 64
    strange = visitor.get("/", environ_overrides={"HTTP_X_REQUEST_ID": given.encode().decode("latin-1")})
    assert strange.headers["X-Request-Id"].isalnum()


def test_a_session_of_another_secret_key_is_nobodys(make_app):
    one, other = make_app(), make_app(secret_key="quite another key for the tests 0123456789")
    with one.app_context():
        member = builders.member("mara", is_admin=True)
        visitor = visit(one, member)
        assert visitor.get("/admin/").status_code == 200
        cookie = visitor.get_cookie("portal").value
    with other.app_context():
        stranger = visit(other)
        stranger.set_cookie("portal", cookie)
        assert stranger.get("/admin/").status_code in (302, 303)


def test_a_session_of_before_a_change_of_password_is_over(house):
    app, everyone, _ = house
    visitor = visit(app, everyone["customer"])
    assert visitor.get("/account/").status_code == 200
    member = db.session.get_one(Member, everyone["customer"].id)
    member.session_epoch += 1
    db.session.commit()
    assert visitor.get("/account/").status_code in (302, 303)
    member.erased_at = clock.now()
    db.session.commit()
    assert visit(app, member).get("/account/").status_code in (302, 303)


def test_a_token_differs_from_page_to_page_so_that_packed_pages_do_not_give_it_away(house, monkeypatch):
    app, everyone, _ = house
    visitor = visit(app, everyone["customer"])
    found, now = set(), time.time()
    for seconds in range(3):
        monkeypatch.setattr(time, "time", lambda later=now + seconds: later)
        found.add(re.search(r'name="csrf-token" content="([^"]+)"', visitor.get("/").text)[1])
    assert len(found) == 3
