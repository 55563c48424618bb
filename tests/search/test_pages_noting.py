"""What was looked for is kept by the day and without the person; what staff sees of it."""

import csv
import io
from datetime import timedelta

import pytest

from portal import clock as house_clock
from portal.search import followers, noting
from portal.search.models import SearchedWords
from tests import builders as b

READER = {"User-Agent": "Mozilla/5.0 (a person)"}


@pytest.fixture
def kept(db):
    """`kept()`: words → (times, empty, opened)."""

    def read():
        db.session.rollback()
        return {row.words: (row.times, row.empty, row.opened) for row in db.session.query(SearchedWords)}

    return read


@pytest.fixture
def indexed(app):
    """An index of what there is, be it nothing."""
    followers.rebuild()


def look(visitor, address: str, **headers: str):
    """Fetch a page as a person does, and let what it leaves behind be written."""
    answer = visitor.get(address, headers=READER | headers)
    answer.close()
    return answer


def test_a_search_is_counted_once_a_page_and_by_its_words(client, as_member, settled, kept):
    b.topic(title="The brake squeals")
    settled()
    look(client, "/search?q=The+Brake")
    look(as_member(b.member()), "/search?q=the+BRAKE&page=1")
    look(client, "/search?q=zeppelin")
    look(client, "/search?q=zeppelin&page=2")
    look(client, "/search?q=brake&kind=topic")
    look(client, "/search?q=brake&sort=newest")
    look(client, "/search?tag=x")
    look(client, "/search")
    assert kept() == {"the brake": (2, 0, 0), "zeppelin": (1, 1, 0), "brake": (1, 0, 0)}


def test_an_opened_result_is_known_by_where_it_was_reached_from(client, settled, kept):
    topic, article = b.topic(title="The brake squeals"), b.article(title="About brakes")
    settled()
    look(client, "/search?q=brake")
    before = "http://localhost/search?q=brake&kind=topic"
    look(client, f"/topics/{topic.id}/{topic.slug}", Referer=before)
    look(client, f"/blog/{article.slug or article.path}", Referer="http://localhost/search?q=brake")
    assert kept() == {"brake": (1, 0, 2)}
    for referer in (
        "http://evil.example/search?q=brake", "http://localhost/forum/?q=brake", "http://localhost/search?q=invented",
        "//", "http://[", "\x00", "http://localhost/search?q=" + "x" * 5000, "http://localhost/search?q=brake&state=hidden",
        "http://localhost/search?" + "&".join(f"q={n}" for n in range(100)),
    ):  # fmt: skip
        assert look(client, f"/topics/{topic.id}/{topic.slug}", Referer=referer).status_code == 200
    look(client, "/forum/", Referer=before)
    assert kept() == {"brake": (1, 0, 2)}, "nothing else counts, and nothing is made up"


def test_programs_and_pages_fetched_ahead_are_nobody(client, indexed, kept):
    client.get("/search?q=brake", headers={"User-Agent": "Examplebot/1.0"}).close()
    client.get("/search?q=brake", headers=READER | {"Sec-Purpose": "prefetch"}).close()
    client.get("/search?q=brake", headers={"User-Agent": ""}).close()
    assert kept() == {}


PERSONAL = (
    "anna@example.org", "where is Anna.B+x@mail.example.co.uk", "anna(at)example.org", "order 123456", "06 12345678",
    "+31 6 1234 5678", "0221/47110815", "number (030) 90-18-20", "ａｎｎａ＠example.org", "１２３４５６", "12.34.56.78",
    "author:anna", "-winter", "kind:topic", '"', "***",
)  # fmt: skip


def test_what_may_be_a_person_is_not_kept_at_all(client, indexed, kept):
    for typed in PERSONAL:
        assert noting.words_of(typed) == "", typed
        for _ in range(2):
            assert client.get("/search", query_string={"q": typed}, headers=READER).status_code == 200
    assert kept() == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Error E-1042 on the FD7", "error e 1042 on the fd7"), ("author:anna chain", "chain"),
        ('board:"long name" chain -winter slips', "chain slips"), ("12345", "12345"), ("Café", "cafe"),
        ("a@b", "a b"), ("x " * 300, ("x " * 200)[:200].strip()),
    ],
)  # fmt: skip
def test_what_is_kept_is_folded_short_and_in_its_order(typed, words):
    assert noting.words_of(typed) == words


def test_a_day_holds_a_bounded_number_of_searches(db, kept, monkeypatch):
    monkeypatch.setattr(noting, "MOST_A_DAY", 3)
    for n in range(5):
        noting.count_search(f"word{n}", 1)
    noting.count_search("word0", 0)
    db.session.commit()
    assert kept() == {"word0": (2, 1, 0), "word1": (1, 0, 0), "word2": (1, 0, 0)}


def test_what_was_searched_for_is_forgotten_after_its_term(db, kept):
    today = house_clock.now().date()
    for days in (0, 179, 180, 181, 400):
        db.session.add(SearchedWords(words=f"{days}", day=today - timedelta(days=days), times=1, empty=0, opened=0))
    db.session.commit()
    noting.forget_words()
    assert set(kept()) == {"0", "179", "180"}


@pytest.fixture
def weeks(db):
    """Searches of some weeks: words → (days ago, times, empty, opened)."""
    today = house_clock.now().date()
    for words, days, times, empty, opened in (
        ("mudguard", 0, 5, 5, 0), ("mudguard", 40, 7, 7, 0), ("chain", 3, 9, 0, 0), ("brake", 2, 20, 1, 15),
        ("written since", 5, 4, 1, 2), ("long ago", 100, 3, 3, 0),
    ):  # fmt: skip
        row = SearchedWords(words=words, day=today - timedelta(days=days), times=times, empty=empty, opened=opened)
        db.session.add(row)
    db.session.commit()


def test_staff_sees_what_was_not_found_what_was_not_opened_and_what_is_asked_most(as_member, weeks):
    for member in (b.moderator(), b.admin()):
        page = as_member(member).get("/insights/search").text
        parts = page.split("<h2")
        nothing, unopened, most = parts[1], parts[2], parts[3]
        assert "mudguard" in nothing
        assert not {"brake", "chain", "written since"} & set(nothing.replace(">", "<").split("<"))
        assert ">chain<" in unopened
        assert ">brake<" not in unopened
        assert most.index(">brake<") < most.index(">chain<") < most.index(">mudguard<")
        assert "long ago" not in page
        assert '/blog/new?title=mudguard">Write an article' in page
        assert '<td class="number">5</td>' in nothing, "this period alone"
    longer = as_member(b.moderator()).get("/insights/search?days=180").text
    assert "long ago" in longer
    assert '<td class="number">12</td>' in longer


def test_the_same_comes_as_a_file(as_member, weeks):
    answer = as_member(b.moderator()).get("/insights/search.csv?days=90")
    assert answer.mimetype == "text/csv"
    assert "searches-90-days.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["words", "times", "nothing found", "opened", "last"]
    assert rows[1][:4] == ["brake", "20", "1", "15"]
    assert len(rows) == 5


def test_no_cell_of_the_file_is_a_formula(client, as_member, indexed):
    for typed in ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", "“=x”"):
        client.get("/search", query_string={"q": typed}, headers=READER).close()
    text = as_member(b.moderator()).get("/insights/search.csv").text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) > 3
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t" and cell]


def test_before_anybody_searched_the_page_says_what_will_stand_there(as_member):
    assert "Nobody has searched in this time" in as_member(b.moderator()).get("/insights/search?days=7").text
    assert as_member(b.moderator()).get("/insights/search?days=-1e9").status_code == 200
