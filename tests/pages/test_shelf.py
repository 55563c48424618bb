"""The shelf itself: shared by processes, never older than its marks; without its files or Redis nobody is worse off."""

import os
import threading
import time

import pytest

from portal.pages.marks import ALL, FolderMarks
from portal.pages.serving import KeptPages
from portal.pages.shelf import IN_MEMORY, Folder, Kept, Shelf, folded, unfolded

ASKED = {"REQUEST_METHOD": "GET", "PATH_INFO": "/forum/", "wsgi.url_scheme": "http", "HTTP_HOST": "x"}


class Application:
    """An application whose page says how often it was made; `meanwhile` happens while it is made."""

    def __init__(self, meanwhile=lambda: None):
        self.made, self.meanwhile = 0, meanwhile

    def __call__(self, environ, start_response):
        self.made += 1
        body = b"made %d" % self.made
        self.meanwhile()
        environ["portal.pages.wish"].keep = True
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def pages(tmp_path):
    """`pages(application, seconds)`: its pages, kept by what might be one process of several."""

    def make(application, seconds=60.0):
        shelf, marks = Shelf(Folder(tmp_path)), FolderMarks(tmp_path)
        made = KeptPages(application, shelf, marks, seconds, lambda n: None, lambda n: None)
        return lambda **more: b"".join(made(ASKED | more, lambda status, headers, *rest: None))

    return make


def test_the_processes_of_a_machine_share_their_pages(pages):
    application = Application()
    one, other = pages(application), pages(application)
    assert [one(), other(), one(), other()] == [b"made 1"] * 4


def test_what_one_process_makes_anew_the_others_find(pages, tmp_path):
    application = Application()
    one, other = pages(application), pages(application)
    assert [one(), other()] == [b"made 1"] * 2
    FolderMarks(tmp_path).change([ALL])
    assert [one(), other()] == [b"made 2"] * 2


def test_what_changed_while_a_page_was_made_makes_it_untrue(pages, tmp_path):
    marks = FolderMarks(tmp_path)
    application = Application(meanwhile=lambda: marks.change(["news"]))
    ask = pages(application)
    assert [ask(), ask(), ask()] == [b"made 1", b"made 2", b"made 3"]


def test_a_page_gets_old(pages):
    ask = pages(Application(), seconds=0.05)
    assert ask() == ask() == b"made 1"
    time.sleep(0.06)
    assert ask() == b"made 2"


def test_while_one_makes_an_old_page_anew_the_others_do_not_wait(pages):
    going_on, making = threading.Event(), threading.Event()

    def wait():
        if application.made == 2:
            making.set()
            going_on.wait(5)

    application = Application(meanwhile=wait)
    ask = pages(application, seconds=0.05)
    ask()
    time.sleep(0.06)
    slow = threading.Thread(target=ask)
    slow.start()
    assert making.wait(5)
    assert [ask(), ask()] == [b"made 1"] * 2
    going_on.set()
    slow.join()
    assert application.made == 2


def test_an_untrue_page_is_given_to_nobody_while_it_is_made_anew(pages, tmp_path):
    ask = pages(Application(), seconds=0.05)
    ask()
    time.sleep(0.06)
    FolderMarks(tmp_path).change([ALL])
    assert [ask(), ask(REQUEST_METHOD="HEAD")] == [b"made 2", b""]


DAMAGED = [b"", b"{}\n", b"[1]\nx", b'{"key": "x"}\nmade 1', b"\xff" * 50, b"null\n", b'"a"\n']


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_no_page(pages, tmp_path, damage):
    application = Application()
    pages(application)()
    for path in tmp_path.glob("??/*"):
        path.write_bytes(damage)
    assert pages(application)() == b"made 2"


def test_a_file_that_was_cut_short_is_no_page():
    kept = Kept([("A", "b")], b"body" * 10, '"e"', ["all"], [1], 2.0, 3)
    data = folded("key", kept)
    assert unfolded(data, "key") == kept
    assert [unfolded(data[:n], "key") for n in range(len(data))] == [None] * len(data)
    assert unfolded(data, "other key") is None


def test_a_folder_that_takes_no_files_stops_nobody(pages, tmp_path):
    ask = pages(Application())
    ask()
    for path in tmp_path.glob("??"):
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
        path.write_text("in the way")
    FolderMarks(tmp_path).change([ALL])
    assert [ask(), ask()] == [b"made 2"] * 2


def test_memory_holds_what_was_asked_for_last_and_no_more_than_it_may(tmp_path):
    shelf = Shelf(Folder(tmp_path))
    large = bytes(IN_MEMORY // 4 - 4_000)
    for number in range(8):
        shelf.put(str(number), Kept([], large, "", [], [], 0.0))
    assert [n for n in range(8) if shelf.get(str(n))] == [4, 5, 6, 7]


def test_files_that_nobody_needs_any_more_are_swept_away(tmp_path):
    old = Folder(tmp_path)
    old.put("a", Kept([], b"x", "", [], [], 0.0))
    for path in tmp_path.glob("??/*"):
        os.utime(path, (0, 0))
    Folder(tmp_path).put("b", Kept([], b"x", "", [], [], 0.0))
    assert len(list(tmp_path.glob("??/*"))) == 1


def test_a_data_folder_that_cannot_be_written_means_no_kept_pages_and_no_worse(make_app, tmp_path):
    data = tmp_path / "elsewhere"
    data.mkdir()
    (data / "pages").write_text("in the way")
    app = make_app(pages_seconds=60, data_dir=data, base_url="http://localhost")
    with app.app_context():
        assert [app.test_client().get("/").status_code for _ in range(2)] == [200, 200]
