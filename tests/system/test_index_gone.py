"""The search index goes while the site runs: everything else goes on, and the worker makes it anew by itself."""

import os
import shutil

import pytest

from tests.system.people import UNHURRIED, furnish, ready, signed_in, wait_until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", ["deleted", "overwritten"])
def test_an_index_that_is_gone_comes_back(make_sqlite_site, how):
    site = make_sqlite_site(**UNHURRIED)
    topic = furnish(site)
    site.start(worker="own")
    writer, index = signed_in(site), site.settings["data_dir"] / "search"
    assert writer.post(f"/c/{topic}/reply", source="A pannier is a bag.", submission_key="a")[0] == 303
    wait_until(lambda: "pannier is a bag" in text_of(writer, "pannier"), "it was not indexed")
    if how == "deleted":
        shutil.rmtree(index)
    else:
        for part in index.rglob("*"):
            if part.is_file() and part.suffix != ".lock":
                part.write_bytes(os.urandom(part.stat().st_size))
    status, text = writer.get("/search?q=pannier&sort=newest")
    assert status in (200, 503)
    assert "Traceback" not in text
    assert writer.get("/forum/")[0] == 200
    assert writer.post(f"/c/{topic}/reply", source="A saddlebag is older.", submission_key="b")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on")
    wait_until(lambda: "saddlebag is older" in text_of(writer, "saddlebag"), "the index was not made anew", 70)
    assert "agrees with the tables" in site.command("doctor")
    assert "Traceback" not in site.log.read_text()


def text_of(reader, word: str) -> str:
    """The page that search shows for a word; without marks, which stand around it."""
    return reader.get(f"/search?q={word}")[1].replace("<mark>", "").replace("</mark>", "")
