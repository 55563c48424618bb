"""What tests of survival have in common: a conversation, people who write in it, and waiting for what must come."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from portal.db import writing
from portal.members.passwords import hash_password
from tests import builders
from tests.live import Site
from tests.system.browser import Browser

PASSWORD = "four words in a row"
UNHURRIED = {
    "reply_pause": 0, "posts_per_minute": 1_000_000, "sign_in_per_minute": 1000, "sign_in_per_hour": 1000,
}  # fmt: skip
"""Settings under which nobody is told to be slower."""


def furnish(site: Site, writers: int = 1) -> int:
    """Members writer0, writer1 … and a conversation; returns its number."""
    with site.house() as app, app.test_request_context(), writing():
        password = hash_password(PASSWORD)
        for n in range(writers):
            builders.member(f"writer{n}", password_hash=password, verified=True)
        return int(builders.topic(builders.member("asker", password_hash=password, verified=True)).id)


def signed_in(site: Site, name: str = "writer0") -> Browser:
    """Somebody at the site."""
    browser = Browser(site.port)
    browser.sign_in(name, PASSWORD)
    return browser


def ready(site: Site) -> tuple[int, dict[str, Any]]:
    """What /readyz says; (0, {}) if nobody answers."""
    try:
        with urllib.request.urlopen(f"{site.url}/readyz", timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, {}


def wait_until(what: Callable[[], Any], complaint: str, seconds: float = 20) -> None:
    """Wait until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
