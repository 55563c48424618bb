"""Writing articles: one address each, kept when it changes; drafts, pictures, revisions."""

from io import BytesIO

import pytest

from portal.blog.models import Article, FormerAddress
from portal.contributions import lifecycle
from portal.contributions.models import ComposerDraft, Revision
from portal.media.commands import receive_picture
from portal.media.models import Picture
from tests.builders import article, member, moderator
from tests.finding import at, author_of
from tests.media import samples

TYPED = {
    "title": "What a belt drive is like after a year",
    "summary": "No oil, one squeak.",
    "source": "It is **quiet**.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "tags": "Belt, winter",
}
SMALL = samples.saved(samples.drawing((700, 500)))


def only_article(db):
    return db.session.query(Article).one()


def test_an_article_is_written_and_read_at_its_address(as_member, client, db):
    answer = as_member(member()).submit("/blog/new", TYPED)
    a = only_article(db)
    assert answer.location == at(a) == "/blog/what-a-belt-drive-is-like-after-a-year"
    page = client.get(answer.location).text
    assert "<strong>quiet</strong>" in page
    assert "<table" in page
    assert "No oil, one squeak." in page
    listed = client.get("/blog/").text
    assert "No oil, one squeak." in listed
    assert a.title in client.get("/blog/?tag=belt").text
    assert a.title not in client.get("/blog/?tag=other").text


def test_two_equal_titles_get_two_addresses(as_member, db):
    first = as_member(member()).submit("/blog/new", TYPED).location
    second = as_member(member()).submit("/blog/new", {**TYPED, "source": "Another one."}).location
    assert second == first + "-2"
    assert db.session.query(Article).count() == 2


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("New", "new-2"),
        ("Über Öl & Käse", "ueber-oel-kaese"),
        ("שלום עולם", "שלום-עולם"),
        ("!!!", "untitled"),
        ("word " * 28, None),
        ("12", "12"),
    ],
)
def test_every_title_has_an_address_that_works(as_member, client, db, title, path):
    answer = as_member(member()).submit("/blog/new", {**TYPED, "title": title})
    assert answer.status_code == 303
    a = only_article(db)
    if path:
        assert a.path == path
    assert len(a.path) <= 80
    assert client.get(answer.location).status_code == 200


def test_a_new_title_moves_a_published_article_and_its_old_address_leads_there(as_member, client, db, clock):
    clock.freeze()
    a = article(title="The first title")
    before = at(a)
    clock.advance(hours=1)
    visitor = as_member(author_of(a))
    for title in ("The second title", "The third title"):
        assert visitor.submit(f"/blog/{a.id}/edit", {**TYPED, "title": title}).status_code == 303
    assert at(a) == "/blog/the-third-title"
    for old in (before, "/blog/the-second-title"):
        answer = client.get(old)
        assert (answer.status_code, answer.location) == (301, "/blog/the-third-title")
    assert db.session.query(Revision).count() == 2


def test_a_title_taken_back_takes_its_address_back(as_member, client, db):
    a = article(title="The first title")
    visitor = as_member(author_of(a))
    for title in ("The second title", "The first title"):
        visitor.submit(f"/blog/{a.id}/edit", {**TYPED, "title": title})
    assert client.get("/blog/the-first-title").status_code == 200
    assert client.get("/blog/the-second-title").location == "/blog/the-first-title"


def test_nobody_gets_an_address_that_still_leads_to_another_article(as_member, client):
    a = article(title="The first title")
    as_member(author_of(a)).submit(f"/blog/{a.id}/edit", {**TYPED, "title": "The second title"})
    answer = as_member(member()).submit("/blog/new", {**TYPED, "title": "The first title", "source": "Mine."})
    assert answer.location == "/blog/the-first-title-2"
    assert client.get("/blog/the-first-title").location == "/blog/the-second-title"


def test_a_draft_that_changes_its_title_leaves_no_address_behind(as_member, db):
    a = article(member(new=True), title="The first title", state="pending")
    as_member(author_of(a)).submit(f"/blog/{a.id}/edit", {**TYPED, "title": "The second title"})
    assert a.path == "the-second-title"
    assert db.session.query(FormerAddress).count() == 0


def test_an_old_address_of_what_is_hidden_tells_nothing(as_member, client):
    a = article(title="The first title")
    as_member(author_of(a)).submit(f"/blog/{a.id}/edit", {**TYPED, "title": "A secret name"})
    lifecycle.hide(a, moderator(), "To be looked at.")
    answer = client.get("/blog/the-first-title")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "  "}, "Please write a title."),
        ({"source": "\u200b"}, "Please write the article."),
        ({"summary": "x" * 301}, "301 characters"),
        ({"source": "x" * 50_001}, "50,001 characters"),
        ({"tags": "a,b,c,d,e,f"}, "5 tags are possible"),
    ],
)
def test_what_cannot_be_posted_comes_back_with_all_that_was_typed(as_member, db, change, sentence):
    answer = as_member(member()).submit("/blog/new", {**TYPED, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    for name, value in TYPED.items():
        if name not in change:
            assert value.splitlines()[0] in answer.text
    assert db.session.query(Article).count() == 0


def test_sent_twice_it_is_one(as_member, db):
    visitor = as_member(member())
    answers = [visitor.submit("/blog/new", {**TYPED, "submission_key": "once"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert db.session.query(Article).count() == 1


def test_the_picture_at_the_head_needs_words(as_member, client, db, settled):
    author = member()
    token = receive_picture(author, SMALL).token
    visitor = as_member(author)
    page = visitor.submit("/blog/new", {**TYPED, "pictures": token}).text
    assert "what the picture shows" in page
    assert f'value="{token}"' in page
    assert db.session.query(Article).count() == 0
    answer = visitor.submit("/blog/new", {**TYPED, "pictures": token, f"alt-{token}": "A belt, wet"})
    settled()
    assert 'alt="A belt, wet"' in client.get(answer.location).text


def test_without_scripts_the_picture_comes_along_and_stays_through_a_preview(as_member, db):
    visitor = as_member(member())
    page = visitor.submit("/blog/new", {**TYPED, "preview": "1", "files": (BytesIO(SMALL), "belt.jpg")}).text
    token = db.session.query(Picture).one().token
    assert f'value="{token}"' in page
    assert "<strong>quiet</strong>" in page
    assert db.session.query(Article).count() == 0


def test_a_picture_inside_the_text_belongs_to_the_article(as_member, db, settled):
    author = member()
    token = receive_picture(author, SMALL).token
    typed = {**TYPED, "source": f"Look:\n\n![A belt](picture:{token})"}
    answer = as_member(author).submit("/blog/new", typed)
    assert answer.status_code == 303
    settled()
    p = db.session.query(Picture).one()
    assert (p.contribution_id, p.in_text, p.alt) == (only_article(db).id, True, "A belt")
    assert p.public_key is not None


def test_a_preview_keeps_the_form_and_a_draft_and_a_text_too_long_gets_a_sentence(as_member, db):
    visitor = as_member(member())
    answer = visitor.submit("/blog/new", {**TYPED, "preview": "1"})
    assert answer.status_code == 200
    assert "<strong>quiet</strong>" in answer.text
    assert TYPED["summary"] in visitor.get("/blog/new").text
    answer = visitor.submit("/blog/new", {**TYPED, "source": "word " * 12_000, "preview": "1"})
    assert answer.status_code == 422
    assert "50,000 are possible" in answer.text


def test_sending_drops_the_draft_and_changing_another_article_does_not(as_member, db):
    author = member()
    visitor, a = as_member(author), article(author)
    visitor.submit("/blog/new", {**TYPED, "preview": "1"})
    visitor.submit(f"/blog/{a.id}/edit", {**TYPED, "title": a.title})
    assert db.session.query(ComposerDraft).count() == 1
    visitor.submit("/blog/new", {"discard_draft": "1"})
    assert db.session.query(ComposerDraft).count() == 0


def test_a_newcomers_article_waits_unseen(as_member, client, db):
    visitor = as_member(member(new=True))
    answer = visitor.submit("/blog/new", TYPED)
    assert only_article(db).state == "pending"
    assert "Waiting for a moderator" in visitor.get(answer.location).text
    assert client.get(answer.location).status_code == 404
    assert TYPED["title"] not in client.get("/blog/").text


def test_a_returned_article_says_why_is_changed_and_waits_again(as_member, db):
    a = article(member(new=True), state="returned")
    visitor = as_member(author_of(a))
    assert "for the test" in visitor.get(f"/blog/{a.id}/edit").text
    visitor.submit(f"/blog/{a.id}/edit", TYPED)
    assert a.state == "pending"


def test_a_moderator_may_mend_it_and_nobody_else(as_member, client, db):
    a = article(title="As it was")
    assert as_member(member()).get(f"/blog/{a.id}/edit").status_code == 403
    assert client.get(f"/blog/{a.id}/edit").status_code == 303
    assert as_member(member()).submit(f"/blog/{a.id}/edit", TYPED).status_code == 403
    assert as_member(moderator()).submit(f"/blog/{a.id}/edit", {**TYPED, "title": "Mended"}).status_code == 303
    assert a.title == "Mended"


def test_a_removed_article_is_gone_and_an_unknown_one_not_found(client):
    a = article(state="removed")
    assert client.get(at(a)).status_code == 410
    assert client.get("/blog/no-such-thing").status_code == 404
    assert client.get("/blog/" + "x" * 500).status_code == 404


def test_an_empty_blog_says_how_to_begin(client):
    assert "/blog/new" in client.get("/blog/").text
