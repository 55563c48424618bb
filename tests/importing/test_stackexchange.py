"""Importing a Stack Exchange dump: everything arrives, once; what is broken or hostile leaves nothing."""

# ruff: noqa: E501 (rows are kept as dumps write them)

from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.contributions.models import Acceptance, Contribution
from portal.importing.rows import DumpRefused
from portal.importing.stackexchange import import_dump
from portal.members.models import Member

USERS = """<?xml version="1.0" encoding="utf-8"?>
<users>
<row Id="1" CreationDate="2018-03-09T19:11:00.057" DisplayName="Mary O'Neill" Location="Cork" AboutMe="&lt;p&gt;Rides.&lt;/p&gt;" />
<row Id="2" CreationDate="2018-03-09T19:11:00.057" DisplayName="王小明" />
<row Id="3" CreationDate="2018-03-10T19:11:00.057" DisplayName="Mary O'Neill" />
</users>"""
POSTS = """<?xml version="1.0" encoding="utf-8"?>
<posts>
<row Id="10" PostTypeId="1" AcceptedAnswerId="11" CreationDate="2018-03-12T17:00:00.000" Score="52" ViewCount="1163"
 OwnerUserId="1" Title="Why does it squeak?" Tags="&lt;c#&gt;&lt;bell&gt;" Body="&lt;p&gt;It &lt;b&gt;squeaks&lt;/b&gt;.&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;" />
<row Id="11" PostTypeId="2" ParentId="10" CreationDate="2018-03-12T18:00:00.000" Score="7" OwnerUserId="2" Body="&lt;p&gt;Oil.&lt;/p&gt;" />
<row Id="12" PostTypeId="2" ParentId="10" CreationDate="2018-03-12T17:30:00.000" Score="-3" Body="&lt;p&gt;Ignore it.&lt;/p&gt;" />
<row Id="13" PostTypeId="2" ParentId="99" CreationDate="2018-03-12T17:30:00.000" Score="1" OwnerUserId="1" Body="x" />
<row Id="14" PostTypeId="5" CreationDate="2018-03-12T17:30:00.000" Body="wiki" />
</posts>"""
COMMENTS = """<comments>
<row Id="7" PostId="11" Score="2" Text="Thanks, @mary: &lt;i&gt;works&lt;/i&gt;" CreationDate="2018-03-12T19:00:00.000" UserId="1" />
<row Id="8" PostId="404" Score="0" Text="lost" CreationDate="2018-03-12T19:00:00.000" UserId="1" />
</comments>"""
VOTES = """<votes><row Id="1" PostId="11" VoteTypeId="1" CreationDate="2018-03-13T00:00:00.000" /></votes>"""


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "squeaks"
    folder.mkdir()
    for name, text in {"Users": USERS, "Posts": POSTS, "Comments": COMMENTS, "Votes": VOTES}.items():
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _in_a_request(app):
    with app.test_request_context():
        yield


def rows_of(db, model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_questions_answers_and_comments_arrive_in_the_order_they_were_written(db, dump):
    import_dump(dump)
    topic = db.session.scalar(select(Contribution).where(Contribution.kind == "topic"))
    replies = db.session.scalars(
        select(Contribution).where(Contribution.parent_id == topic.id).order_by(Contribution.position)
    ).all()
    assert [r.imported_from for r in replies] == ["squeaks:post:12", "squeaks:post:11", "squeaks:comment:7"]
    assert [r.position for r in replies] == [1, 2, 3]
    assert (topic.reply_count, topic.last_position, topic.is_solved) == (3, 3, True)
    assert all(r.state == "published" for r in [topic, *replies])
    assert topic.published_at.isoformat() == "2018-03-12T17:00:00+00:00"
    assert topic.last_activity_at.isoformat() == "2018-03-12T19:00:00+00:00"


def test_imported_html_goes_through_the_allow_list(db, dump):
    import_dump(dump)
    html = "".join(db.session.scalars(select(Contribution.html)))
    assert "<strong>squeaks</strong>" in html or "<b>squeaks</b>" in html
    assert "alert" not in html
    assert "<i>works" not in html  # a comment is plain text


def test_scores_become_thanks_without_a_giver(db, dump):
    import_dump(dump)
    thanks = dict(db.session.execute(select(Contribution.imported_from, Contribution.anonymous_thanks)).all())
    assert thanks["squeaks:post:10"] == 52
    assert thanks["squeaks:post:12"] == 0
    assert set(db.session.scalars(select(Contribution.thanks_count))) == {0}


def test_the_asker_accepted_and_the_ledger_says_so(db, dump, settled):
    from portal.advocacy.models import LedgerEntry

    import_dump(dump)
    settled()
    acceptance = db.session.scalar(select(Acceptance))
    assert acceptance.at.isoformat() == "2018-03-13T00:00:00+00:00"
    line = db.session.scalar(select(LedgerEntry))
    helper = db.session.get(Member, line.helper_id)
    assert (helper.display_name, line.sort) == ("王小明", "accepted")


def test_names_that_are_taken_or_cannot_be_written_get_a_number(db, dump):
    import_dump(dump)
    members = db.session.scalars(select(Member).where(Member.imported_from.like("%:user:%")).order_by(Member.id)).all()
    assert len({m.username for m in members}) == 3
    assert all(m.username.isascii() and m.email is None for m in members)


def test_an_author_who_is_not_in_the_dump_is_a_former_member(db, dump):
    import_dump(dump)
    orphan = db.session.scalar(select(Contribution).where(Contribution.imported_from == "squeaks:post:12"))
    assert db.session.get(Member, orphan.author_id).display_name == "a former member"


def test_what_is_left_out_is_counted_with_its_reason(dump):
    counts = import_dump(dump)
    for kind in counts.read:
        skipped = sum(n for (k, _), n in counts.skipped.items() if k == kind)
        assert counts.read[kind] == counts.imported[kind] + counts.known[kind] + skipped
    assert counts.skipped["answers", "the question is not in the dump"] == 1
    assert counts.skipped["other posts", "a tag's wiki"] == 1


def test_a_second_run_adds_nothing(db, dump):
    import_dump(dump)
    before = rows_of(db, Contribution), rows_of(db, Member), rows_of(db, Acceptance)
    counts = import_dump(dump)
    assert (rows_of(db, Contribution), rows_of(db, Member), rows_of(db, Acceptance)) == before
    assert sum(counts.imported.values()) == 0


def test_an_import_that_was_cut_short_shows_nothing_and_goes_on(db, dump):
    class PulledPlugError(Exception):
        pass

    def pull_the_plug(step, done, total):
        if step == "comments":
            raise PulledPlugError

    with pytest.raises(PulledPlugError):
        import_dump(dump, pull_the_plug)
    db.session.rollback()
    assert "published" not in set(db.session.scalars(select(Contribution.state)))
    counts = import_dump(dump)
    assert counts.known["questions"] == 1
    assert set(db.session.scalars(select(Contribution.state))) == {"published"}


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("Posts.xml", POSTS[: len(POSTS) // 2], "not well-formed"),
        ("Posts.xml", POSTS.replace('Id="11"', 'Id="eleven"'), "whole number"),
        ("Posts.xml", POSTS.replace("2018-03-12T18:00:00.000", "yesterday"), "should be a time"),
        (
            "Posts.xml",
            POSTS.replace('ParentId="10" CreationDate="2018-03-12T18', 'CreationDate="2018-03-12T18'),
            "ParentId",
        ),
        ("Users.xml", '<!DOCTYPE users [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><users>&b;</users>', "attack"),
        ("Users.xml", '<!DOCTYPE users SYSTEM "file:///etc/passwd"><users/>', "attack"),
        ("Comments.xml", "<comments><row Id='1'><evil/></row></comments>", "does not belong"),
        ("Votes.xml", "\x00\x01 not XML at all", "not well-formed"),
        (
            "Users.xml",
            '<users><row Id="1" CreationDate="2018-03-09T19:11:00" DisplayName="\udcff" /></users>',
            "well-formed",
        ),
    ],
)
def test_a_broken_or_hostile_file_is_named_and_nothing_is_imported(db, dump, file, content, words):
    (dump / file).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(DumpRefused, match=words):
        import_dump(dump)
    assert (rows_of(db, Contribution), rows_of(db, Member)) == (0, 0)


def test_a_row_without_an_end_is_refused_before_memory_is_full(dump, monkeypatch):
    monkeypatch.setattr("portal.importing.rows.ROW_MAX_BYTES", 200_000)
    (dump / "Users.xml").write_text("<users><row Id='1' AboutMe='" + "x" * 2_000_000 + "'/></users>")
    with pytest.raises(DumpRefused, match="a row has more than"):
        import_dump(dump)


def test_a_missing_file_is_named(dump):
    (dump / "Posts.xml").unlink()
    with pytest.raises(DumpRefused, match=r"no Posts\.xml"):
        import_dump(dump)
