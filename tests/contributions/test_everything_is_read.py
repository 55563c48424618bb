"""Rules read all that readers read: place, descriptions, tags, facts, and words put together by marks."""

import pytest
from sqlalchemy import select

from portal.config import settings
from portal.contributions import lifecycle, screening
from portal.contributions.models import Decision
from portal.contributions.replying import post_reply
from portal.contributions.screening import contents, wordlist
from portal.contributions.writing import edit_of
from portal.db import db
from portal.forum.commands import edit_topic
from portal.media.models import Picture
from portal.moderation.queries import find_item, find_to_decide, fingerprint
from portal.stories.commands import change_story
from portal.stories.photo_commands import change_photo, submit_photo
from tests import builders
from tests.queries import heard


@pytest.fixture
def blocked(db):
    """A word that is refused."""
    return watched("viagra", "block")


def watched(words, act):
    facts = {"is_pattern": False, "whole_word": True}
    return wordlist.add(wordlist.checked(words, act, **facts), "", builders.moderator())


def picture(owner, of=None, alt="a lake"):
    made = Picture(
        owner_id=owner.id, contribution_id=of and of.id, width=400, height=300, bytes=1, media_type="image/jpeg",
        sha256="0" * 64, difference_hash="0f" * 8, alt=alt, made_sizes="320",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def send(author, **changed):
    pic = picture(author)
    words = {
        "title": "At the lake", "caption": "Before breakfast.", "taken_at_place": "", "product_id": None, "tags": "",
        "tokens": [pic.token], "alts": {pic.token: changed.pop("alt", "a lake")},
    }  # fmt: skip
    return submit_photo(author, **(words | changed))


def change(photo, **changed):
    words = {
        "title": photo.title, "caption": photo.source, "taken_at_place": photo.taken_at_place, "product_id": None,
        "tags": "", "tokens": [p.token for p in photo.pictures], "alts": {},
    }  # fmt: skip
    with edit_of(photo, photo.author) as under_way:
        change_photo(photo, **(words | changed))
        under_way.touched = True


def test_pictures_that_somebody_new_shows_in_a_reply_are_looked_at_first(app, db):
    author = builders.member(new=True, published_count=settings().held_contributions)
    shown = [picture(author) for _ in range(settings().new_pictures + 1)]
    with app.test_request_context():
        made = post_reply(builders.topic(), author, source="\n\n".join(f"![here](picture:{p.token})" for p in shown))
    rules = select(Decision.rule).where(Decision.contribution_id == made.id)
    assert (made.state, *db.session.scalars(rules)) == ("pending", "pictures")


def test_what_a_picture_in_a_reply_was_said_to_show_before_is_read(app, blocked):
    author = builders.member()
    shown = picture(author, alt="cheap viagra")
    with app.test_request_context(), pytest.raises(screening.Refused):
        post_reply(builders.topic(), author, source=f"![fine](picture:{shown.token})")


HIDDEN = [{"taken_at_place": "by the Viagra falls"}, {"tags": "lake, viagra"}, {"alt": "cheap viagra"}]


@pytest.mark.parametrize("where", HIDDEN)
def test_a_blocked_word_is_refused_wherever_it_stands(blocked, where):
    with pytest.raises(screening.Refused, match="iagra"):
        send(builders.member(), **where)


@pytest.mark.parametrize("where", HIDDEN)
def test_and_an_edit_brings_it_in_nowhere(blocked, where):
    author = builders.member()
    photo = send(author)
    assert photo.state == "published"
    given = {"alts": {photo.pictures[0].token: where["alt"]}} if "alt" in where else where
    with pytest.raises(screening.Refused, match="iagra"), db.session.begin_nested():
        change(photo, **given)


def test_the_tags_of_a_topic_are_read_when_they_change(blocked):
    topic = builders.topic(tags=["brakes"])
    with pytest.raises(screening.Refused), db.session.begin_nested():
        edit_topic(topic, topic.author, title=topic.title, source=topic.source, format=topic.format, tags=["viagra"])


def test_a_held_word_in_a_place_hides_what_was_public(db):
    watched("casino", "hold")
    photo = send(builders.member())
    change(photo, taken_at_place="Casino")
    assert photo.state == "hidden"
    lifecycle.restore(photo, builders.moderator())
    change(photo, taken_at_place="Casino", caption="Before lunch.")
    assert photo.state == "published", "a moderator has let just that pass"


@pytest.mark.parametrize("fact", ["trade", "goal", "figure_says"])
def test_the_facts_of_a_story_are_read(blocked, fact):
    story = builders.story(state="draft", figure="9", **{fact: "viagra trade"})
    with pytest.raises(screening.Refused):
        lifecycle.submit(story)
    other = builders.story()
    told = {"title": other.title, "hard": other.hard, "changed": other.changed, "figure": "9", fact: "viagra trade"}
    with pytest.raises(screening.Refused), db.session.begin_nested(), edit_of(other, other.author):
        change_story(other, **told)


def test_links_beside_the_text_are_links(db):
    author = builders.member(new=True, published_count=5)
    place = "www.a.example www.b.example www.c.example www.d.example"
    verdict = screening.screen(builders.photo(author, state="draft", taken_at_place=place), author, [contents.links])
    assert verdict.outcome == screening.HOLD


@pytest.mark.parametrize("text", [
    "buy via**gra** now", "buy v&#105;agra now", "buy [via](http://a.example)gra now", "buy via&shy;gra now",
    "buy ~~via~~*gra*", "buy `via`gra", "buy vi&NoBreak;agra",
])  # fmt: skip
@pytest.mark.parametrize("masks", [(), ("damn",)])
def test_marks_inside_a_word_hide_nothing(blocked, text, masks):
    for word in masks:
        watched(word, "mask")
    with pytest.raises(screening.Refused, match="gra”"):
        lifecycle.submit(builders.topic(state="draft", text=f"damn, {text}"))
    topic = builders.topic(text="A fair text about brakes.")
    with pytest.raises(screening.Refused), db.session.begin_nested(), edit_of(topic, topic.author):
        screening_write(topic, f"A fair text, {text}, about brakes.")


def screening_write(topic, source):
    from portal.contributions.writing import write

    write(topic, source=source, title=topic.title)


def test_a_word_is_not_found_across_paragraphs_or_cells(blocked):
    topic = builders.topic(state="draft", text="The word via\n\ngra\n\n| via | gra |\n|---|---|\n| via | gra |\n")
    assert screening.screen(topic, topic.author, [contents.watched_words]).found == ()


def test_what_is_told_of_pictures_is_asked_for_once(db):
    watched("casino", "hold")
    author = builders.member()
    photo = send(author, tags="lake,sun", taken_at_place="Rome")
    with heard(db.engine) as asked:
        screening.screen(photo, author)
    assert sum("FROM picture" in sql for sql in asked.reading) == 1
    assert not any("contribution_tag" in sql for sql in asked.reading)


def test_nobody_approves_a_place_tag_fact_or_product_that_they_did_not_see(db):
    photo = send(builders.member(new=True), taken_at_place="Rome", tags="lake")
    seen = {fingerprint(find_to_decide(photo.id))}
    for changed in ({"taken_at_place": "www.spam.example"}, {"tags": "spam"}, {"product_id": product().id}):
        change_photo(
            photo, **({"title": photo.title, "caption": photo.source, "taken_at_place": "Rome", "product_id": None,
            "tags": "lake", "tokens": [p.token for p in photo.pictures], "alts": {}} | changed),
        )  # fmt: skip
        db.session.flush()
        db.session.expire_all()
        seen.add(fingerprint(find_to_decide(photo.id)))
        assert find_item(photo.id).fingerprint in seen
    assert len(seen) == 4
    story = builders.story(builders.member(new=True), state="pending")
    before = fingerprint(find_to_decide(story.id))
    story.pull_quote = "Spam, large."
    db.session.flush()
    assert fingerprint(find_to_decide(story.id)) != before


def product():
    from portal.contributions.models import Product

    made = Product(name="Bicycle", slug="bicycle")
    db.session.add(made)
    db.session.flush()
    return made


def test_the_queue_shows_what_is_approved_and_asks_no_more_for_many(app, as_member, db):
    def fill(n):
        for _ in range(n):
            send(builders.member(new=True), taken_at_place="By the Tiber", alt="a boat on the river")
            builders.story(builders.member(new=True), state="pending", pull_quote="Two cars.")
            builders.article(builders.member(new=True), state="pending")

    visitor = as_member(builders.moderator())
    fill(2)  # two that look alike
    visitor.get("/moderation/")
    db.session.commit()
    with heard(db.engine) as few:
        page = visitor.get("/moderation/").text
    assert "By the Tiber" in page
    assert ">a boat on the river" in page
    fill(2)
    db.session.commit()
    with heard(db.engine) as many:
        visitor.get("/moderation/")
    assert len(few) == len(many) <= 14  # three of them look for pictures like these
