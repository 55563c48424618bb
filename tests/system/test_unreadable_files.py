"""Files that are there and cannot be read: each is said in a sentence, and all goes on when it can be read again."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from tests.media.samples import drawing, saved
from tests.system.browser import Browser
from tests.system.people import UNHURRIED, furnish, ready, signed_in, wait_until

pytestmark = pytest.mark.slow

OBEY = "-dac_override,-dac_read_search"
"""What lets root read a file that nobody may read."""


@pytest.fixture
def site(make_sqlite_site):
    """A site on SQLite, furnished, whose processes obey permissions whoever runs the test; nothing runs yet."""
    made = make_sqlite_site(**UNHURRIED)
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("this needs an ordinary user, or setpriv")
        made.before = ["setpriv", f"--bounding-set={OBEY}", f"--inh-caps={OBEY}"]
    made.topic = furnish(made)
    return made


def forbidden(file: Path) -> None:
    file.chmod(0)


def failing(file: Path) -> None:
    """A read of it ends with EIO, as on a disk that fails."""
    file.unlink()
    file.symlink_to("/proc/self/mem")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def put_back(file: Path, data: bytes) -> None:
    """What an administrator does."""
    if file.is_dir():
        file.rmdir()
    elif file.is_symlink():
        file.unlink()
    else:
        file.chmod(0o600)
    file.write_bytes(data)


WAYS = [forbidden, failing, a_folder]


def shown(browser: Browser, address: str) -> int:
    """The status of a picture's address."""
    with suppress(UnicodeDecodeError):  # bytes of a picture
        return browser.get(address)[0]
    return 200


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        (forbidden, 503, "the user that the site runs as may not read or write there"),
        (failing, 503, "the disk fails: look into the system's log"),
        (a_folder, 404, ""),
        (cut_short, 404, "320.jpg is not whole: `python -m portal rebuild pictures`"),
        (emptied, 404, "320.jpg is not whole: `python -m portal rebuild pictures`"),
    ],
)
def test_a_picture(site, how, status, said):
    site.start(worker="own")
    writer = signed_in(site)
    assert writer.upload("/pictures/", "file", saved(drawing()))[0] == 201
    (file,) = site.settings["uploads_dir"].rglob("320.jpg")
    data, address = file.read_bytes(), f"/pictures/{file.parent.name}/320.jpg"
    assert shown(writer, address) == 200
    how(file)
    assert shown(writer, address) == status
    assert "max-age" not in writer.headers.get("Cache-Control", "")
    assert "Traceback" not in site.log.read_text()
    assert said in site.log.read_text()
    assert ready(site)[0] == 200  # all else goes on
    if how is emptied:  # the other way that the log names
        site.command("rebuild", "pictures")
    else:
        put_back(file, data)
    assert shown(writer, address) == 200


def test_folders_that_may_not_be_written_to(site):
    """As after a backup was unpacked by root: said at once, before anybody loses a picture."""
    site.start(worker="own")
    writer, uploads = signed_in(site), site.settings["uploads_dir"]
    assert writer.upload("/pictures/", "file", saved(drawing()))[0] == 201
    for folder in (uploads, uploads / "private"):
        folder.chmod(0o500)
    assert ready(site) == (503, {"status": "unavailable", "pictures": "forbidden"})
    assert writer.upload("/pictures/", "file", saved(drawing((300, 200))))[0] == 503
    with pytest.raises(RuntimeError, match="PROBLEM disks +pictures: the user that the site runs as may not read"):
        site.command("doctor")
    assert writer.post(f"/c/{site.topic}/reply", source="Words need no pictures.", submission_key="words")[0] == 303
    for folder in (uploads, uploads / "private"):
        folder.chmod(0o700)
    assert ready(site)[0] == 200
    assert writer.upload("/pictures/", "file", saved(drawing((300, 200))))[0] == 201
    assert "Traceback" not in site.log.read_text()


def test_the_database_file(site, tmp_path):
    file = tmp_path / "portal.sqlite3"
    with site.house():
        pass
    site.close()
    file.chmod(0)
    for command in ("serve", "work", "doctor"):
        with pytest.raises(RuntimeError, match="the user that the site runs as may not read or write there") as ended:
            site.command(command)
        assert "Traceback" not in str(ended.value)
    file.chmod(0o600)
    site.start(worker="own")
    assert ready(site)[0] == 200


@pytest.mark.parametrize("how", WAYS)
def test_the_secret_key(site, how):
    file = site.settings["data_dir"] / "secret_key"
    del site.settings["secret_key"]
    file.parent.mkdir(exist_ok=True)
    file.write_text("a-key-that-lies-in-a-file-0123456789")
    how(file)
    with pytest.raises(RuntimeError, match=r"ended with 2: Settings: the secret key in .* cannot be read") as ended:
        site.command("serve")
    assert "Traceback" not in str(ended.value)
    put_back(file, b"a-key-that-lies-in-a-file-0123456789")
    site.start(worker="none")
    assert ready(site)[0] == 200


@pytest.mark.parametrize("how", [forbidden, failing, cut_short])
def test_a_segment_of_the_search_index(site, how):
    site.start(worker="own")
    writer, index = signed_in(site), site.settings["data_dir"] / "search"
    assert writer.post(f"/c/{site.topic}/reply", source="A pannier is a bag.", submission_key="a")[0] == 303
    wait_until(lambda: "pannier</mark> is a bag" in writer.get("/search?q=pannier")[1], "it was not indexed")
    site.stop()
    segments = list(index.rglob("*.seg"))
    assert segments
    for file in segments:
        how(file)
    site.start(worker="own")
    status, text = writer.get("/search?q=pannier&sort=newest")
    assert status in (200, 503)
    assert "Traceback" not in text
    assert writer.get("/forum/")[0] == 200
    wait_until(lambda: "pannier</mark> is a bag" in writer.get("/search?q=pannier")[1], "it was not made anew", 70)
    assert "agrees with the tables" in site.command("doctor")
    assert "Traceback" not in site.log.read_text()
