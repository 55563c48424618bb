"""Drafts of forms with pictures: tokens, words and places come back, and what is gone is said."""

import pytest

from portal.contributions.drafts import keep
from portal.media.commands import attach, delete_picture, receive_picture
from portal.media.queries import find_picture
from tests.builders import member, moderator, photo
from tests.finding import at
from tests.media import samples

SMALL = samples.saved(samples.drawing((300, 200)))


@pytest.fixture
def who():
    return member()


@pytest.fixture
def tokens(who):
    return [receive_picture(who, SMALL).token for _ in range(2)]


def kept(who, tokens, key="story:new", **more):
    keep(who, key, {"title": "Half a title", "pictures": " ".join(tokens), **more})


def test_pictures_of_a_draft_come_back_with_their_words_and_places(as_member, who, tokens):
    one, two = tokens
    kept(who, [two, one], **{f"alt-{one}": "A red wheel", f"part-{one}": "hard"})
    page = as_member(who).get("/stories/new").text
    assert page.index(f'name="pictures" value="{two}"') < page.index(f'name="pictures" value="{one}"')
    assert 'value="A red wheel"' in page
    row = page[page.index(f'name="part-{one}"') :]
    assert '<option value="hard" selected>' in row[: row.index("</select>")]
    assert "could not be kept" not in page


def test_a_draft_of_pictures_alone_counts_as_one(as_member, who, tokens):
    keep(who, "photo:new", {"title": "", "pictures": " ".join(tokens)})
    page = as_member(who).get("/photos/new").text
    assert page.count('name="pictures" value="') == 2
    assert '<p class="composer-restored" role="status">' in page


def test_pictures_that_are_gone_used_or_somebody_elses_are_said_to_be_lost(as_member, who, tokens, db):
    used, gone = tokens
    foreign = receive_picture(member(), SMALL).token
    mine = receive_picture(who, SMALL).token
    attach(photo(who), [used])
    delete_picture(find_picture(gone))
    db.session.flush()
    kept(who, [used, gone, foreign, mine])
    page = as_member(who).get("/stories/new").text
    assert page.count('name="pictures" value="') == 1
    assert f'name="pictures" value="{mine}"' in page
    assert "3 pictures of your draft could not be kept. Please add them again." in page


def test_nonsense_in_a_draft_breaks_nothing(as_member, who):
    kept(who, ["x" * 300, "%00", "'"])
    assert "3 pictures of your draft" in as_member(who).get("/stories/new").text


def test_a_story_is_previewed_before_its_pictures_are_described(as_member, who, tokens):
    visitor = as_member(who)
    form = visitor.get("/stories/new").text
    assert 'name="preview" value="1" formnovalidate' in form
    typed = {"hard": "Two cars.", "changed": "One bicycle.", "title": "One", "pictures": tokens, "preview": "1"}
    page = visitor.submit("/stories/new", typed)
    assert page.status_code == 200
    assert "This is how it will look" in page.text


def test_all_that_is_missing_is_said_in_one_round_and_in_the_order_of_the_form(as_member, who, tokens):
    page = as_member(who).submit("/photos/new", {"pictures": tokens, "shows_minors": "y"}).text
    summary = page[page.index("error-summary") : page.index("</ul>", page.index("error-summary"))]
    places = [summary.index(f'href="#{name}"') for name in ("files", "title", "agrees_site", "agrees_guardian")]
    assert places == sorted(places)


def test_what_is_asked_about_is_shown_to_who_asks(as_member):
    author = member()
    shown = photo(author)
    attach(shown, [receive_picture(author, SMALL).token])
    page = as_member(moderator()).get(f"/rights/ask/{shown.id}").text
    assert f"/pictures/{shown.pictures[0].token}/" in page[page.index("What you ask about") :]
    assert at(shown) in page
    assert "Nothing is allowed yet beyond this site." in page
