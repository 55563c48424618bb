"""`kill -9` at any instant: what was acknowledged is there once, found by search and credited, after a restart."""

import itertools
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from portal import activity, clock
from portal.activity import Errand
from portal.advocacy.models import LedgerEntry
from portal.contributions.models import Acceptance, Contribution, Thanks
from portal.db import db, writing
from portal.members.passwords import hash_password
from portal.search import followers as search
from portal.search.queries import find
from portal.search.query_language import parse
from tests import builders
from tests.system.browser import Browser, NoAnswer

WRITERS, CUTS = 3, 4
PASSWORD = "four words in a row"


@dataclass
class Told:
    """What the server acknowledged: replies by their word, and the ids that were thanked for and accepted."""

    replies: dict[str, int] = field(default_factory=dict)
    thanked: set[int] = field(default_factory=set)
    accepted: set[int] = field(default_factory=set)
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)


class Stream:
    """People who write, and one who thanks, for as long as it lasts; who gets no answer tries the same again."""

    def __init__(self, port: int, topic_id: int) -> None:
        self.port, self.topic_id, self.told, self.over = port, topic_id, Told(), threading.Event()
        self.new: list[int] = []
        people = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]
        self.people = [*people, threading.Thread(target=self._thank)]
        for person in self.people:
            person.start()

    def end(self) -> Told:
        """Let everybody finish what they are at."""
        self.over.set()
        for person in self.people:
            person.join(timeout=60)
        assert not any(person.is_alive() for person in self.people)
        return self.told

    def _write(self, n: int) -> None:
        browser = self._come(f"writer{n}")
        for k in itertools.count():
            if self.over.is_set():
                return
            word = f"w{n}reply{k}"
            sent = {"source": f"Turn the screw, says {word} of writer {n}.", "submission_key": f"key-{word}"}
            status, location = self._until_answered(browser, f"/c/{self.topic_id}/reply", **sent)
            found = re.search(r"#reply-(\d+)$", location)
            if status != 303 or not found:
                self.told.refused.append(f"{word}: {status} {location}")
                return
            self.told.replies[word] = int(found[1])
            self.new.append(int(found[1]))

    def _thank(self) -> None:
        browser = self._come("asker")
        while not self.over.is_set() or self.new:
            if not self.new:
                time.sleep(0.01)
                continue
            number = self.new.pop(0)
            self._press(browser, f"/c/{number}/thanks", self.told.thanked, number)
            if number % 3 == 0:
                self._press(browser, f"/c/{number}/accept", self.told.accepted, number)

    def _press(self, browser: Browser, address: str, done: set[int], number: int) -> None:
        status, location = self._until_answered(browser, address)
        if status == 303:
            done.add(number)
        else:
            self.told.refused.append(f"{address}: {status} {location}")

    def _come(self, login: str) -> Browser:
        while True:
            browser = Browser(self.port)
            try:
                browser.sign_in(login, PASSWORD)
                return browser
            except NoAnswer:
                time.sleep(0.1)

    def _until_answered(self, browser: Browser, address: str, **sent: str) -> tuple[int, str]:
        while True:
            try:
                return browser.post(address, **sent)
            except NoAnswer:
                self.told.unanswered += 1
                time.sleep(0.1)


@pytest.mark.slow
def test_what_was_acknowledged_survives_kill_9_once(make_site):
    dice = random.Random()
    site = make_site(reply_pause=0, posts_per_minute=1_000_000, sign_in_per_minute=1000, sign_in_per_hour=1000)
    with site.house() as app, app.test_request_context(), writing():
        password = hash_password(PASSWORD)
        for n in range(WRITERS):
            builders.member(f"writer{n}", password_hash=password, verified=True)
        topic_id = builders.topic(builders.member("asker", password_hash=password, verified=True)).id
    site.start(worker="own")
    stream = Stream(site.port, topic_id)
    for _ in range(CUTS):
        before = len(stream.told.replies)
        time.sleep(dice.uniform(0.2, 2.0))
        wait_until(lambda before=before: len(stream.told.replies) > before, "nobody got an answer any more")
        site.kill()
        site.start(worker="own")
    told = stream.end()
    assert told.refused == []
    assert len(told.replies) > CUTS
    with site.house() as app:
        let_leases_end()
        wait_until(lambda: owed() == 0, "the worker did not follow up everything", 40)
        check(told, topic_id)
        with app.test_request_context():
            missing = [word for word, number in told.replies.items() if number not in found_by(word)]
        assert missing == []
    browser = Browser(site.port)
    for word in dice.sample(sorted(told.replies), 3):
        status, text = browser.get(f"/search?q={word}")
        assert (status, f"reply-{told.replies[word]}" in text) == (200, True)
    print(f"{len(told.replies)} replies, {len(told.thanked)} thanks, {told.unanswered} without an answer, {CUTS} cuts")


def check(told: Told, topic_id: int) -> None:
    """Everything is there once: rows, numbers, counters, thanks, acceptances, ledger lines."""
    rows = db.session.execute(
        select(Contribution.id, Contribution.submission_key, Contribution.state, Contribution.position)
        .where(Contribution.parent_id == topic_id)
        .order_by(Contribution.position)
    ).all()
    by_key = {row.submission_key: row for row in rows}
    assert len(by_key) == len(rows), "a form that was sent again made a second reply"
    assert {word: by_key[f"key-{word}"].id for word in told.replies} == told.replies
    assert {row.state for row in rows} == {"published"}
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    topic = db.session.get_one(Contribution, topic_id)
    assert (topic.reply_count, topic.last_position) == (len(rows), len(rows))
    thanks = Counter(db.session.scalars(select(Thanks.contribution_id).where(Thanks.withdrawn_at.is_(None))))
    accepted = Counter(db.session.scalars(select(Acceptance.reply_id).where(Acceptance.withdrawn_at.is_(None))))
    assert (thanks, accepted) == (Counter(told.thanked), Counter(told.accepted))
    assert topic.accepted_count == len(accepted)
    lines = db.session.execute(select(LedgerEntry.sort, LedgerEntry.contribution_id, LedgerEntry.reverses_id)).all()
    assert [line for line in lines if line.reverses_id] == []
    credited = {sort: Counter(line.contribution_id for line in lines if line.sort == sort) for sort in SORTS}
    assert credited == {"asker_thanks": thanks, "accepted": accepted}
    assert search.compare().equal


SORTS = ("asker_thanks", "accepted")


def found_by(word: str) -> set[int]:
    """The numbers of what search shows for a word."""
    return {answer.best.id for answer in find(parse(word)).answers}


def let_leases_end() -> None:
    """As if the lease had run out: what a killed worker had begun is free for the next."""
    with writing():
        db.session.execute(update(Errand).values(leased_until=clock.ago(minutes=1), available_at=clock.ago(minutes=1)))


def owed() -> int:
    """How many errands wait."""
    count, _ = activity.owed()
    db.session.rollback()
    return count


def wait_until(what, complaint: str, seconds: float = 20) -> None:
    """Wait until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
