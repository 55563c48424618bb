"""What rules and stars cost: work that grows with the text alone, memory that stays small whatever is sent."""

from datetime import timedelta
from sys import getsizeof

import pytest

from portal.contributions.screening import contents, masking
from portal.contributions.screening.features import parts
from portal.contributions.screening.submission import RECENT_CHARS, Submission
from portal.contributions.screening.watching import MATCHES_AT_MOST, Readable, Watch
from tests import builders
from tests.queries import heard


class Counted(list):
    """Places that count how often one of them is looked at."""

    looks = 0

    def __iter__(self):
        for place in super().__iter__():
            Counted.looks += 1
            yield place

    def __getitem__(self, at):
        Counted.looks += len(range(*at.indices(len(self)))) if isinstance(at, slice) else 1
        return super().__getitem__(at)


@pytest.mark.parametrize("html", ["<em>damn</em> " * 2000, "damn " * 2000, "<em>d</em>amn<br>" * 2000])
def test_each_place_is_looked_at_a_few_times_however_many_pieces_there_are(monkeypatch, html):
    found = masking._places
    monkeypatch.setattr(masking, "_places", lambda *args: Counted(found(*args)))
    Counted.looks = 0
    masked = masking.masked_html(html, [Watch("damn", "mask")])
    assert "damn" not in masked
    assert masked.count("*") == 8000
    assert Counted.looks < 40_000, "2000 places, 4000 pieces"


def test_a_place_that_spans_pieces_is_starred_in_all_of_them():
    masks = [Watch("free money", "mask")]
    assert masking.masked_html("<p>fr<b>ee</b> mo<i>n</i>ey, free</p>", masks) == (
        "<p>**<b>**</b> **<i>*</i>**, free</p>"
    )


def test_what_is_remembered_of_texts_is_small():
    contents.shingles_of_recent.cache_clear()
    for n in range(20):
        contents.shingles_of_recent(f"{n} " + " ".join(f"{j:x}" for j in range(9000)))
    kept = contents.shingles_of_recent.cache_info()
    assert kept.maxsize is not None
    one = contents.kept_shingles("a " * RECENT_CHARS + "b " * 50_000)
    assert getsizeof(one) <= 8 * RECENT_CHARS
    most = getsizeof(contents.kept_shingles(" ".join(f"{j:x}" for j in range(50_000))))
    assert kept.maxsize * (most + 4 * RECENT_CHARS) < 32 << 20, "bytes a process may keep of texts"


def test_an_edit_of_a_long_text_is_not_remembered(db):
    from portal.contributions.writing import edit
    from tests import builders

    topic = builders.topic(text="start")
    contents.shingles_of_recent.cache_clear()
    edit(topic, topic.author, source=" ".join(f"{j:x}" for j in range(9000)))
    assert contents.shingles_of_recent.cache_info().currsize == 0


def test_the_spam_score_reads_no_more_than_the_first_part_of_a_text():
    start = "buy cheap watches " * 400
    assert list(parts(start[:RECENT_CHARS])) == list(parts(start + "and a bicycle " * 3000))


def test_what_stands_inside_words_hides_no_word_behind_it():
    hidden = "class " * (MATCHES_AT_MOST + 5) + "you are an ass"
    assert len(Watch("ass", "block").places_in(Readable(hidden))) == 1
    assert len(Watch("as+", "block", is_pattern=True).places_in(Readable(hidden))) == 1


@pytest.mark.parametrize("ask", ["last_sent", "sent_within_a_day", "sent_this_already"])
def test_what_an_author_sent_lately_is_found_by_time(request, db, ask):
    """Not among all they wrote, nor among all replies there are: whoever else posts would wait for it."""
    if request.config.option.database != "sqlite":
        pytest.skip("PostgreSQL goes by what it knows of the rows, which here are few")
    reply = builders.reply(builders.topic())
    db.session.commit()
    asked, day = Submission(reply, reply.author), timedelta(days=1)
    with heard(db.engine) as found:
        asked.last_sent(day) if ask == "last_sent" else getattr(asked, ask)()
    (statement,) = [s for s in found.statements if "submitted_at" in s.sql and "author_id +" in s.sql]
    plan = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement.sql, statement.bound).all()
    assert [row[-1] for row in plan] == [
        "SEARCH contribution USING INDEX ix_contribution_queue (state=? AND submitted_at>?)"
    ]
