"""Masked words: stars wherever there is a text to keep them in; where there is none, nobody reads them unasked."""

import re

import pytest
from sqlalchemy import select

from portal.contributions import lifecycle
from portal.contributions.models import Decision
from portal.contributions.screening import wordlist
from portal.contributions.writing import edit
from portal.stories.magazine import magazine_of
from tests import builders

FACTS = {
    "goal": "frobnicate less", "trade": "Frobnicate", "figure": "9 frobnicate", "figure_says": "to frobnicate a day",
    "pull_quote": "We frobnicate daily here.",
}  # fmt: skip


@pytest.fixture
def masked(db):
    """A word that becomes stars."""
    facts = {"is_pattern": False, "whole_word": True}
    return wordlist.add(wordlist.checked("frobnicate", "mask", **facts), "", builders.moderator())


def told_story(**more):
    return builders.story(hard="We **frob**nicate daily here. It is hard.", changed="ok", **FACTS, **more)


def test_the_facts_of_a_story_have_stars_on_its_page_and_in_the_filters(app, db, masked):
    story = told_story()
    db.session.commit()
    client = app.test_client()
    page = client.get(f"/stories/{story.id}/{story.slug}").text
    for shown in (page, client.get("/stories/").text):
        assert "frobnicate" not in shown.lower()
    assert "********** less" in page
    assert "to ********** a day" in page
    assert magazine_of(story).quote == "We ********** daily here."
    assert client.get("/stories/?goal=********** less").text.count(f"/stories/{story.id}") >= 1


def test_their_author_edits_them_as_they_were_typed(app, db, as_member, masked):
    story = told_story()
    db.session.commit()
    page = as_member(story.author).get(f"/stories/{story.id}/edit").text
    for name, typed in FACTS.items():
        field = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>', page)
        assert field
        assert f'value="{typed}"' in field[0], name
    other = as_member(builders.member()).get(f"/stories/{story.id}").text
    assert "frobnicate" not in other.lower()


def test_a_sentence_chosen_before_there_were_stars_is_not_shown_large_without_them(db, masked):
    story = told_story()
    story.pull_quote = FACTS["pull_quote"]
    assert "frobnicate" not in magazine_of(story).quote


@pytest.mark.parametrize("text", [
    "We frobnicate\n\n> all\n\n*daily* here.", "We **frob**nicate here.", "We frob&shy;nicate.",
])  # fmt: skip
def test_a_quotation_has_the_stars_that_its_reader_sees(app, db, as_member, masked, text):
    topic = builders.topic(text=text)
    reply = builders.reply(topic, text=text)
    db.session.commit()
    reader = as_member(builders.member())
    for quoted in (topic, reply):
        form = reader.get(f"/topics/{topic.id}/{topic.slug}?quote={quoted.id}").text.partition("<textarea")[2]
        typed = form.partition("</textarea>")[0]
        assert "frob" not in typed
        assert "wrote:" in typed
        assert "&gt; We" in typed
        assert r"\*\*" in typed, "stars that are no marks"
    own = as_member(topic.author).get(f"/topics/{topic.id}/{topic.slug}?quote={topic.id}").text
    assert "frob" in own.partition("<textarea")[2].partition("</textarea>")[0]


def test_a_quotation_of_a_text_without_masked_words_is_its_source(app, db, as_member, masked):
    topic = builders.topic(text="A **bold** word, 2 \\* 3 and `a * b`")
    db.session.commit()
    page = as_member(builders.member()).get(f"/topics/{topic.id}/{topic.slug}?quote={topic.id}").text
    assert "&gt; A **bold** word, 2 \\* 3 and `a * b`" in page


def test_a_title_with_a_masked_word_waits_as_it_was_typed(db, masked):
    topic = builders.topic(state="draft", title="How to frobnicate", text="Please tell.")
    lifecycle.submit(topic)
    assert (topic.state, topic.title) == ("pending", "How to frobnicate")
    reason = db.session.scalar(select(Decision.reason).where(Decision.contribution_id == topic.id))
    assert "title" in reason
    assert "stars" in reason


def test_so_do_a_place_and_a_tag(db, masked):
    photo = builders.photo(state="draft", taken_at_place="Frobnicate Bay")
    lifecycle.submit(photo)
    assert photo.state == "pending"
    topic = builders.topic(state="draft", tags=["frobnicate"])
    lifecycle.submit(topic)
    assert topic.state == "pending"


def test_an_edited_title_goes_out_of_sight_once(db, masked):
    topic = builders.topic(title="How to do it")
    edit(topic, topic.author, source=topic.source, title="How to frobnicate it")
    assert (topic.state, topic.title) == ("hidden", "How to frobnicate it")
    lifecycle.restore(topic, builders.moderator())
    edit(topic, topic.author, source="Another word.", title="How to frobnicate it")
    assert topic.state == "published"


def test_what_a_picture_or_link_says_when_it_is_not_seen_has_stars(db, masked):
    topic = builders.topic(text='[a](https://x.example "frobnicate it") and more')
    assert "frobnicate" not in topic.html
    assert 'title="********** it"' in topic.html
    assert 'href="https://x.example"' in topic.html


def test_the_page_of_words_says_so(as_member, masked):
    assert "in titles" in as_member(builders.moderator()).get("/moderation/words").text
