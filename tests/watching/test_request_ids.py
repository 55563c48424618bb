"""One id from the browser's answer to the last line that the worker writes about it."""

import json
import logging
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
from sqlalchemy import select

from portal import logs
from portal.activity import Activity, Reaction, record, record_many
from portal.db import db, writing
from portal.watching.counting import EVER
from portal.watching.models import Measured
from portal.worker import Chore, do
from tests import builders
from tests.live import Site

TOKEN = "a-token-that-is-long-enough"


@pytest.fixture
def lines(app, caplog):
    """Records as the house's own handler would write them: with the id at work."""
    caplog.handler.addFilter(found := logs.OfRequest())
    with caplog.at_level(logging.INFO, "portal"):
        yield caplog
    caplog.handler.removeFilter(found)


def ids_of(lines, name: str) -> list[str]:
    return [record.request_id for record in lines.records if record.name == name]


STRANGE = (
    "short", "x" * 65, "x" * 8000, "abc def ghi", "abcdefgh;drop", "ééééééééé", "٣٣٣٣٣٣٣٣", "abcdefgh\tX-Evil: 1",
    "<script>1", "../../../etc", "%0aabcdefgh",
)  # fmt: skip
BROKEN = ("abc\nINFO portal forged", "abcdefgh\r\nX-Evil: 1", "abcdefgh\n", "abcdefgh\0")


def test_a_strange_id_is_replaced_by_one_of_ours(client):
    for given in STRANGE:
        answer = client.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": given.encode().decode("latin-1")})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"]), given


def test_an_id_with_a_line_end_gets_into_no_log_and_no_header(client, lines):
    for given in BROKEN:
        answer = client.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": given})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"]), given
        assert "X-Evil" not in answer.headers
    assert len(lines.records) >= len(BROKEN)
    assert not any("forged" in record.getMessage() or "\n" in record.request_id for record in lines.records)


def test_the_id_that_a_proxy_gave_is_kept(client, lines):
    given = ["0123456789abcdef" * 2, "5b1f6e1c-9d3c-4a5e-8f00-0123456789ab"]
    assert [client.get("/healthz", headers={"X-Request-Id": one}).headers["X-Request-Id"] for one in given] == given
    assert ids_of(lines, "portal.requests") == given


def test_every_line_of_the_house_within_a_request_carries_its_id(app, client, lines):
    @app.before_request
    def say():
        logging.getLogger("portal.somewhere.deep").info("something happened")

    answer = client.get("/healthz")
    assert ids_of(lines, "portal.somewhere.deep") == [answer.headers["X-Request-Id"]]


def test_without_a_request_a_line_has_no_id(app, lines):
    logging.getLogger("portal.worker").info("nothing special")
    assert ids_of(lines, "portal.worker") == [""]


@pytest.fixture
def followed(app):
    """`followed(function)`: the only reaction to what was thanked is this function."""

    def hang_in(function):
        app.extensions["portal.reactions"] = {"moved": (Reaction("follow_it", function),)}

    return hang_in


def test_the_worker_writes_the_id_of_the_request_that_it_follows(app, followed, settled, lines):
    log = logging.getLogger("portal.notifications")
    followed(lambda activities: log.info("following"))
    with app.test_request_context("/", headers={"X-Request-Id": "asked-by-somebody"}):
        app.preprocess_request()
        record("moved", builders.topic())
        db.session.commit()
    settled()
    assert ids_of(lines, "portal.notifications") == ["asked-by-somebody"]
    assert ids_of(lines, "portal.activity") == ["asked-by-somebody"]
    log.info("afterwards")
    assert ids_of(lines, "portal.notifications")[-1] == ""


def test_work_for_many_requests_names_them_and_fails_for_each_alone(app, followed, lines):
    from portal.activity import follow_up

    def follow(activities):
        if len(activities) > 1 or activities[0].request_id == "request-3":
            raise OSError("no room")

    followed(follow)
    topics = [builders.topic() for _ in range(12)]
    for number, topic in enumerate(topics):
        record("moved", topic).request_id = f"request-{number}"
    db.session.commit()
    assert follow_up() == 11
    failed = [line.request_id for line in lines.records if line.levelname == "ERROR"]
    assert failed == ["request-3"]


def test_what_is_recorded_while_following_belongs_to_the_same_request(app, followed, settled):
    followed(lambda activities: record("edited", builders.topic()) and None)
    record("moved", builders.topic()).request_id = "the-first-request"
    settled()
    found = db.session.scalars(select(Activity.request_id).where(Activity.verb == "edited")).all()
    assert found == ["the-first-request"]


def test_what_is_recorded_for_several_requests_at_once_names_none(app, followed, settled):
    """Their ids would not fit, and none of them alone would be true."""
    followed(lambda activities: record("edited", builders.topic()) and None)
    for number in range(40):
        record("moved", builders.topic()).request_id = f"{number:064}"
    settled()
    found = db.session.scalars(select(Activity.request_id).where(Activity.verb == "edited")).all()
    assert found == [None]


def test_activities_recorded_in_bulk_are_followed_though_they_have_no_request(app, followed, settled, lines):
    seen = []
    followed(lambda activities: seen.extend(activities))
    topic = builders.topic()
    db.session.commit()
    with writing():
        record_many("moved", [topic.id])
    settled()
    assert len(seen) == 1
    assert ids_of(lines, "portal.activity") == [""]


def test_each_run_of_a_chore_has_an_id_of_its_own(app, lines):
    chore = Chore("look around", 1, lambda: logging.getLogger("portal.chore").info(logs.place()))
    do(chore)
    do(chore)
    one, other = ids_of(lines, "portal.chore")
    assert re.fullmatch("[0-9a-f]{16}", one)
    assert one != other
    assert lines.messages == ["look around", "look around"]


def test_a_thread_carries_the_id_along(app, lines):
    from concurrent.futures import ThreadPoolExecutor

    log = logging.getLogger("portal.media.making")
    with ThreadPoolExecutor(2) as pool:
        with logs.working_for(["one-request"], "finish_pictures"):
            list(pool.map(logs.carried(lambda n: log.info("made %s", n)), range(4)))
        list(pool.map(lambda n: log.info("alone"), range(1)))
    assert ids_of(lines, "portal.media.making") == ["one-request"] * 4 + [""]


def test_lines_for_people_and_for_programs_both_show_it():
    record = logging.LogRecord("portal.x", logging.WARNING, "x.py", 1, "it %s", ("broke",), None)
    record.request_id = "0123456789abcdef"
    assert logs.TextLines("%(name)s  %(message)s").format(record) == "portal.x  it broke  [0123456789abcdef]"
    assert json.loads(logs.JsonLines().format(record))["request_id"] == "0123456789abcdef"


def test_of_many_ids_a_line_shows_some_and_says_how_many_more():
    assert logs.joined(["a", None, "b", "a", ""]) == "a,b"
    assert logs.joined([str(n) for n in range(11)], 8) == "0,1,2,3,4,5,6,7,+3"


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, so that the answer itself is seen."""

    def redirect_request(self, *given):
        return None


class Browser:
    """A visitor of a real server."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), Stay())

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str):
        """(answer, its body); a redirect is an answer too."""
        body = urllib.parse.urlencode(form).encode() if form else None
        try:
            answer = self.opener.open(urllib.request.Request(self.site.url + path, body, headers), timeout=20)
        except urllib.error.HTTPError as other:
            answer = other
        with answer:
            return answer, answer.read().decode()

    def sign_up(self, request_id: str) -> str:
        """Fill in the form; returns the id that the answer names."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask("/account/sign-up")[1])[1]
        typed = {"csrf_token": token, "email": "mara@example.org", "username": "mara", "display_name": "Mara",
                 "password": "a long and unusual sentence"}  # fmt: skip
        answer, _ = self.ask("/account/sign-up", typed, **{"X-Request-Id": request_id})
        assert answer.status == 303
        return answer.headers["X-Request-Id"]


def log_of(site: Site) -> list[dict]:
    text = site.log.read_text(errors="replace")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def wait_for(found, seconds: float = 20):
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
    return value


@pytest.mark.slow
def test_an_id_goes_from_the_browser_to_the_workers_line_and_an_orderly_end_counts_all(databases, tmp_path):
    site = Site(
        databases.another(tmp_path, "ids"), tmp_path, log_format="json", metrics_token=TOKEN, slow_query_ms=0,
        web_processes=2,
    )  # fmt: skip
    try:
        site.start()
        browser = Browser(site)
        request_id = browser.sign_up("mara-joins-now-1")
        assert request_id == "mara-joins-now-1"

        def by_worker():
            return [e for e in log_of(site) if e["logger"] == "portal.activity" and e.get("request_id") == request_id]

        assert "send followed 1 errand" in wait_for(by_worker)[0]["message"]
        assert [e["logger"] for e in log_of(site) if e.get("request_id") == request_id][0] == "portal.requests"
        for _ in range(20):
            browser.ask("/healthz")
        wait_for(lambda: "portal_errands_waiting 0" in browser.ask("/metrics", Authorization=f"Bearer {TOKEN}")[1])
    finally:
        site.stop()
    with site.house():
        known = db.session.scalars(select(Activity.request_id).where(Activity.verb == "confirmation_requested")).all()
        assert known == [request_id]
        query = select(Measured.name, Measured.number).where(Measured.minute == EVER)
        ever = dict(tuple(row) for row in db.session.execute(query))
    site.close()
    assert ever["errand_done:send"] == 1
    assert ever["mail_sent"] == 1
    # All of them, though the ten seconds were not over: what two processes had in memory at the end is there too.
    served = [e for e in log_of(site) if e["logger"] == "portal.requests" and " 20" in e["message"]]
    assert ever["answer_2xx"] == len(served) >= 22
    assert ever["answer_3xx"] == 1


@pytest.mark.slow
def test_a_command_has_an_id_of_its_own(databases, tmp_path):
    site = Site(databases.another(tmp_path, "command"), tmp_path)
    site.command("member", "create", "mara", "mara@example.org", "--password", "a long and unusual sentence")
    with site.house():
        (found,) = set(db.session.scalars(select(Activity.request_id)))
    site.close()
    assert re.fullmatch("[0-9a-f]{16}", found)
