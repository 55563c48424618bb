"""Telling a story: five parts that become one text; all that was typed stays until it is sent."""

import pytest

from portal.contributions.models import ComposerDraft, Revision
from portal.stories.models import Story
from tests.builders import member, moderator, story
from tests.finding import at, author_of

TYPED = {
    "title": "Two cars became one",
    "who": "We are four, on a hill.",
    "hard": "There were **two** cars, and never one of them where it was needed.",
    "tried": "First a trailer, then a cargo bike.",
    "changed": "One car went, a cargo bike came.",
    "advice": "Borrow one first, in the rain. Whoever likes it in the rain will like it always.",
    "figure": "3,100 €",
    "figure_says": "a year that the second car cost",
    "trade": "Vet",
    "goal": "Get by with one car",
    "product": "0",
    "tags": "Family",
    "agrees_site": "y",
    "agrees_people": "y",
}


def only_story(db):
    return db.session.query(Story).one()


def test_five_parts_become_one_text_that_everybody_can_read(as_member, client, db, settled):
    answer = as_member(member()).submit("/stories/new", TYPED)
    s = only_story(db)
    assert answer.location == at(s) == f"/stories/{s.id}/two-cars-became-one"
    settled()
    page = client.get(answer.location).text.partition('class="story-text"')[2]
    said = ["We are four", "<strong>two</strong> cars", "First a trailer", "One car went", "Borrow one first"]
    places = [page.index(words) for words in said]
    assert places == sorted(places)
    assert s.excerpt == "One car went, a cargo bike came."
    assert "## What I tried\n\nFirst a trailer" in s.source
    assert "3,100 €" in page
    assert ">Vet</a>" in client.get(answer.location).text
    assert ">Get by with one car</a>" in client.get(answer.location).text


def test_an_old_or_made_up_slug_leads_to_the_one_address(client):
    s = story(title="Two cars")
    for path in (f"/stories/{s.id}", f"/stories/{s.id}/something-else"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, at(s))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Please write a title."),
        ({"hard": " \u200b "}, "Please write what was hard."),
        ({"changed": ""}, "Please write what changed."),
        ({"figure": "x" * 21}, "21 characters; 20 are possible"),
        ({"figure": ""}, "Please write the number too."),
        ({"figure_says": ""}, "Please say what the number counts."),
        ({"company_size": "huge"}, "one of the sizes"),
        ({"pull_quote": "We were always happy."}, "This sentence is not in your story."),
        ({"tried": "x" * 100_000}, "100,000 characters; 50,000 are possible"),
        ({"agrees_site": ""}, "We can only show it if you agree."),
        ({"agrees_people": ""}, "We can only show it if you agree."),
        ({"goal": "x" * 121}, "121 characters"),
        ({"product": "99"}, "one of the products"),
        ({"product": "a boat"}, "one of the products"),
        ({"tags": "a, b, c, d, e, f"}, "5 tags are possible"),
    ],
)
def test_what_is_missing_is_said_and_all_that_was_typed_stays(as_member, db, change, sentence):
    typed = {k: v for k, v in {**TYPED, **change}.items() if v}
    answer = as_member(member()).submit("/stories/new", typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    for name in ("title", "who", "tried", "advice", "figure", "trade"):
        if name not in change:
            assert TYPED[name] in answer.text
    assert db.session.query(Story).count() == 0


def test_a_text_that_is_too_long_as_a_whole_gets_a_sentence(as_member, db):
    typed = {**TYPED, **{name: f"{name} " * 4000 for name in ("hard", "tried", "changed")}}
    answer = as_member(member()).submit("/stories/new", typed)
    assert answer.status_code == 422
    assert "characters; 50,000 are possible" in answer.text
    assert answer.text.count("tried ") >= 4000
    assert db.session.query(Story).count() == 0


def test_sent_twice_it_is_one(as_member, db):
    visitor = as_member(member())
    answers = [visitor.submit("/stories/new", {**TYPED, "submission_key": "once"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert db.session.query(Story).count() == 1


def test_a_second_story_at_once_is_asked_to_wait_and_kept(as_member, db):
    visitor = as_member(member())
    visitor.submit("/stories/new", TYPED)
    answer = visitor.submit("/stories/new", {**TYPED, "title": "Another", "hard": "Quite another text."})
    assert answer.status_code == 422
    assert "Please wait" in answer.text
    assert "Quite another text." in answer.text


def test_a_later_change_keeps_what_it_was_before(as_member, db, clock):
    clock.freeze()
    s = story()
    visitor = as_member(author_of(s))
    clock.advance(hours=1)
    form = visitor.get(f"/stories/{s.id}/edit").text
    assert "One bicycle, " in form
    assert visitor.submit(f"/stories/{s.id}/edit", {**TYPED, "title": s.title}).status_code == 303
    assert s.changed == "One car went, a cargo bike came."
    assert "cargo bike" in s.html
    assert db.session.query(Revision).count() == 1


def test_a_draft_comes_back_and_goes_when_the_story_is_sent(as_member, db):
    visitor = as_member(member())
    kept = {"key": "story:new", "fields": {"title": "Half a title", "hard": "Half a text", "product": "0"}}
    visitor.put("/drafts", json=kept, headers={"X-CSRFToken": visitor.csrf_token()})
    page = visitor.get("/stories/new").text
    assert "Half a title" in page
    assert "Half a text" in page
    visitor.submit("/stories/new", TYPED)
    assert db.session.query(ComposerDraft).count() == 0
    assert "Half a title" not in visitor.get("/stories/new").text


def test_what_waits_is_seen_by_author_and_moderators_alone(as_member, client):
    s = story(member(new=True), state="pending")
    assert as_member(author_of(s)).get(at(s)).status_code == 200
    assert as_member(moderator()).get(at(s)).status_code == 200
    assert as_member(member()).get(at(s)).status_code == 404
    assert client.get(at(s)).status_code == 404
    assert client.get(f"/photos/{s.id}").status_code == 404


def test_a_story_is_not_a_photo_and_the_other_way_round(as_member):
    s = story()
    visitor = as_member(author_of(s))
    assert visitor.get(f"/photos/{s.id}").status_code == 404
    assert visitor.get(f"/photos/{s.id}/edit").status_code == 404


def test_members_who_may_not_write_are_told_why(as_member, clock):
    for facts in ({"email_confirmed_at": None}, {"suspended_at": clock.freeze()}):
        answer = as_member(member(**facts)).get("/stories/new")
        assert answer.status_code == 403


def test_an_empty_list_says_how_to_begin(client):
    assert "Be the first" in client.get("/stories/").text
