"""Replies as members post them: signed in, with the form's token, over a connection kept open; how long each waits."""

import http.client
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from random import SystemRandom
from threading import Thread
from urllib.parse import urlencode

from tests.bench.load import AS_BROWSERS_ASK, Load
from tests.bench.words import DOINGS, FAMILIES, PLACES, QUALITIES, SENTENCES, THINGS
from tests.system.browser import Browser

AT_MOST = 3000
"""Replies in one measurement, however fast they are."""


@dataclass(frozen=True)
class Member:
    """Somebody who is signed in: the cookies that say so, and the token of their forms."""

    cookie: str
    token: str


def sign_in(port: int, login: str, password: str) -> Member:
    """Sign in as a person does."""
    browser = Browser(port)
    browser.sign_in(login, password)
    return Member("; ".join(f"{name}={value}" for name, value in browser.cookies.items()), browser.token)


def post(port: int, members: list[Member], topics: list[int], seconds: float) -> Load:
    """Each member posts replies, one after the other, for so many seconds, all at once, each in their own topic."""
    times: list[float] = []
    failed: list[str] = []
    end = time.perf_counter() + seconds
    threads = [
        Thread(target=_one, args=(port, member, topics[n % len(topics)], end, times, failed))
        for n, member in enumerate(members)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    for why, often in Counter(failed).items():
        print(f"{often} of {len(times) + len(failed)} replies were not taken: {why}", file=sys.stderr)
    if not times:
        return Load(0.0, 0.0, 0.0, len(failed))
    times.sort()
    return Load(len(times) / took, times[len(times) // 2], times[int((len(times) - 1) * 0.99)], len(failed))


def _one(port: int, member: Member, topic: int, end: float, times: list[float], failed: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {**AS_BROWSERS_ASK, "Cookie": member.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        while time.perf_counter() < end and len(times) < AT_MOST and len(failed) < 50:
            body = urlencode({"csrf_token": member.token, "source": _words()})
            began = time.perf_counter()
            connection.request("POST", f"/c/{topic}/reply", body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            milliseconds = (time.perf_counter() - began) * 1000
            if answer.status == 303 and re.search(r"#reply-\d+$", answer.headers.get("Location", "")):
                times.append(milliseconds)
            else:
                said = re.search(r'class="field-error"[^>]*>([^<]+)', page)
                failed.append(f"{answer.status} {said[1].strip() if said else ''}")
    finally:
        connection.close()


def _words() -> str:
    """Some sentences that nobody wrote before, in an earlier measurement neither: who repeats themselves is refused."""
    dice = SystemRandom()

    def one() -> str:
        return dice.choice(SENTENCES).format(
            place=dice.choice(PLACES), thing=dice.choice(THINGS), other=dice.choice(THINGS),
            doing=dice.choice(DOINGS), quality=dice.choice(QUALITIES), quality2=dice.choice(QUALITIES),
        )  # fmt: skip

    drawn = " ".join(dice.choice((*FAMILIES, *THINGS, *PLACES)) for _ in range(12))
    return f"{one()} {one()}\n\n{drawn}. {dice.getrandbits(40):x}"
