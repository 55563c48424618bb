"""The table of roles and routes holds: a route that is in no row fails, and so does a row without a route."""

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.contributions.models import Contribution
from portal.db import db
from tests import builders
from tests.roles import WHO, room, rooms
from tests.things import ROLES, Things, visit

TYPED = {
    "POST moderation.decide_several": {"act": "approve"},
    "POST moderation.look_again": {"agrees": "1"},
    "POST admin.name_for_board": {"board": "1", "role": "helper"},
    "POST admin.change_role": {"role": "employee", "granted": "1"},
    "POST moderation.switch_spam_model": {"enabled": "1"},
}
"""What has to be in a form that has nothing to send back."""
WITHOUT_A_TOKEN = {"POST notifications.stop_mail"}
"""Mail programs press this button for their users, and bring no cookie (RFC 8058)."""


def routes(app) -> set[str]:
    """Every method and endpoint there is."""
    rules = app.url_map.iter_rules()
    return {f"{method} {rule.endpoint}" for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}


def call(app, member, things, route: str, token: bool = True) -> TestResponse:
    """Call a route as this member, with what its page would send."""
    method, endpoint = route.split()
    visitor = visit(app, member)
    known = visitor.csrf_token() if token else "forged"
    if method in ("PUT", "DELETE"):
        sent = {"json": {"key": "topic:new", "fields": {}}, "headers": {"X-CSRFToken": known}}
    else:
        sent = {"data": {"csrf_token": known, **TYPED.get(route, {})}} if method == "POST" else {}
    response = visitor.open(things.address(endpoint, method), method=method, **sent)
    response.close()
    return response


def letter(response: TestResponse) -> str:
    """What became of a request, as the table says it."""
    to_sign_in = response.status_code in (302, 303) and response.headers["Location"].startswith("/account/sign-in")
    if to_sign_in or response.status_code == 401:
        return "s"
    if response.status_code < 400 or response.status_code == 422:
        return "o"
    return {403: "n", 404: "-", 410: "g"}.get(response.status_code, str(response.status_code))


def test_every_route_is_in_the_table_and_every_row_has_a_route(app):
    assert routes(app) - set(WHO) == set(), "these routes are in no row"
    assert set(WHO) - routes(app) == set(), "these rows have no route"


@pytest.mark.parametrize("of", rooms())  # an application for each room, not for each route
def test_a_room_is_open_to_whom_the_table_says(house, of):
    app, everyone, things = house
    wanted = {route: letters for route, letters in WHO.items() if room(route) == of}
    found = {route: "".join(letter(call(app, everyone[role], things, route)) for role in ROLES) for route in wanted}
    assert found == wanted


ANYBODYS = {"POST stories.say_decided"}
"""Pages that are everybody's hold nobody's token: these look where the form comes from (`stories/test_deciding.py`)."""


@pytest.mark.parametrize("of", rooms())  # an application for each room, not for each route
def test_nothing_is_written_without_the_token_of_the_own_session(house, of):
    app, everyone, things = house
    writing = [r for r in WHO if room(r) == of and not r.startswith("GET") and r not in WITHOUT_A_TOKEN]
    found = {r: {call(app, everyone[role], things, r, token=False).status_code for role in ROLES[1:]} for r in writing}
    assert found == dict.fromkeys(writing, {400})
    for route in set(writing) - ANYBODYS:  # nobody signed in: asked to do that first, what was typed comes along
        assert call(app, None, things, route, token=False).status_code in (400, 401), route


@pytest.mark.parametrize("of", ["suspended", "unconfirmed"])
def test_whoever_may_not_write_sees_why_and_nothing_is_kept(house, of):
    app, everyone, things = house
    member = everyone["suspended"] if of == "suspended" else builders.member(email_confirmed_at=None)
    topic = builders.topic()
    typed = {"title": "May I?", "source": "I would like to say something.", "board": topic.board.slug, "tags": ""}
    db.session.commit()
    before = db.session.scalar(select(func.count(Contribution.id)))
    visitor = visit(app, member)
    for address in (f"/c/{topic.id}/reply", "/forum/new", f"/forum/{topic.board.slug}/new"):
        answer = visitor.submit(address, typed | {"format": "question"})
        assert answer.status_code in (403, 422)
        assert ("suspended" if of == "suspended" else "Confirm your e-mail address") in answer.text
    assert db.session.scalar(select(func.count(Contribution.id))) == before


def test_the_folder_of_mail_is_shown_in_development_alone(make_app):
    app = make_app(env="production", base_url="https://community.example.org", mail_url="folder")
    with app.app_context():
        things = Things(app, builders.member())
        for endpoint in ("dev_mail.list_mail", "dev_mail.show_mail", "dev_mail.show_html"):
            assert app.test_client().get(things.address(endpoint)).status_code == 404
