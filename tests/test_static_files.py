"""Static files: their address names their content, they are kept for ever, and a server gives them out packed."""

import gzip
import logging
import os
import shutil

import brotli
import pytest

from portal import static_files
from portal.static_files import EXTENSION, STATIC, Fingerprints, lay_out
from tests.visitors import Visitor

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.fixture
def prints(app):
    return app.extensions[EXTENSION]


@pytest.fixture
def editions(app):
    return app.extensions["portal.settings"].data_dir / "static"


@pytest.fixture
def laid_out(app, editions, prints):
    """Where they lie packed, as after the start of a server."""
    lay_out(app)
    return editions / prints.version


def get(app, path, packing="identity"):
    return Visitor(app, app.response_class).get(path, headers={"Accept-Encoding": packing})


@pytest.mark.parametrize("name", ["js/site.js", "css/base.css", "img/mark.svg"])
def test_another_content_has_another_address(tmp_path, name):
    folder = shutil.copytree(STATIC, tmp_path / "static")
    before = Fingerprints(folder).version
    with (folder / name).open("a") as file:
        file.write("/* more */")
    assert Fingerprints(folder).version != before == Fingerprints().version


def test_so_has_another_way_to_join_styles(monkeypatch):
    before = Fingerprints().version
    monkeypatch.setattr(static_files, "_joined", lambda files: b"".join(file.read_bytes() for file in files))
    assert Fingerprints().version != before


@pytest.mark.parametrize("packing", UNPACK)
def test_a_server_gives_each_out_packed_and_for_ever_to_everybody_alike(app, prints, laid_out, packing):
    for name in sorted(prints.names):
        answer = get(app, prints.url(name), packing)
        sent = answer.headers.get("Content-Encoding", "identity")
        assert (answer.status_code, UNPACK[sent](answer.data)) == (200, prints.content(name))
        assert sent == packing or len(prints.content(name)) < 200, f"{name} is worth packing"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding", "no cookie makes it another one"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_where_nobody_serves_they_go_out_as_they_are(app, prints):
    for name in sorted(prints.names):
        answer = get(app, prints.url(name), "br")
        assert (answer.status_code, answer.data) == (200, prints.content(name))
        assert "immutable" in answer.headers["Cache-Control"]


def test_they_are_packed_once_for_an_edition(app, laid_out):
    before = laid_out.stat().st_ino
    lay_out(app)
    assert laid_out.stat().st_ino == before


@pytest.mark.parametrize("name", ["js/site.js", "js/site.js.br", "js/site.js.gz"])
@pytest.mark.parametrize("damage", ["cut short", "empty", "another", "written over"])
def test_what_a_power_cut_left_of_them_is_not_given_out(app, prints, laid_out, name, damage):
    data = (laid_out / name).read_bytes()
    another = {"js/site.js": b"alert(1)", "js/site.js.br": brotli.compress(b"alert(1)")}
    damaged = {
        "cut short": data[:-9], "empty": b"", "written over": data[:12] + bytes(9) + data[21:],
        "another": another.get(name, gzip.compress(b"alert(1)")),
    }  # fmt: skip
    (laid_out / name).write_bytes(damaged[damage])
    lay_out(app)
    assert (laid_out / name).read_bytes() == data
    assert get(app, prints.url("site.js"), "br").headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("why", ["no room", "a file in the way"])
def test_where_there_is_no_room_for_them_they_go_out_as_they_are_and_the_log_says_so(
    app, prints, editions, caplog, monkeypatch, why
):
    if why == "a file in the way":
        editions.write_text("")
    else:
        monkeypatch.setattr(static_files.Compressor, "compress", no_room)
    with caplog.at_level(logging.WARNING, "portal"):
        lay_out(app)
    assert "static files go out unpacked" in caplog.text
    assert list(editions.glob("*")) == [], "nothing half made is left"
    answer = get(app, prints.url("site.js"), "br")
    assert (answer.status_code, answer.data) == (200, prints.content("js/site.js"))


def no_room(*_):
    raise OSError(28, "No space left on device")


def test_who_else_made_the_same_meanwhile_does_no_harm(app, prints, editions, monkeypatch):
    made, others = static_files.tempfile.mkdtemp, []

    def another_was_faster(**where):
        monkeypatch.undo()
        lay_out(app)
        others.append((editions / prints.version).stat().st_ino)
        return made(**where)

    monkeypatch.setattr(static_files.tempfile, "mkdtemp", another_was_faster)
    lay_out(app)
    assert [(p.name, p.stat().st_ino) for p in editions.iterdir()] == [(prints.version, *others)], "it gives them out"
    assert get(app, prints.url("site.js"), "br").headers["Content-Encoding"] == "br"


def test_the_edition_of_before_stays_for_a_server_that_is_being_replaced_and_older_ones_go(app, prints, editions):
    for age, name in enumerate(("before", "older", "oldest"), 1):
        (editions / name).mkdir(parents=True)
        os.utime(editions / name, (1e9 - age, 1e9 - age))
    lay_out(app)
    assert {p.name for p in editions.iterdir()} == {prints.version, "before"}


def test_an_address_of_before_an_upgrade_leads_to_that_of_now(app, prints, laid_out):
    answer = get(app, "/static/0123456789ab/js/site.js")
    assert (answer.status_code, answer.location) == (302, prints.url("site.js"))
    assert get(app, "/static/0123456789ab/js/none.js").status_code == 404
