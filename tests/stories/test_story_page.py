"""The page of a story: a magazine page, with what is like it and who has edited it; nothing in it does harm."""

import pytest
from sqlalchemy import update

from portal.contributions.models import Contribution, Product, Revision
from portal.db import db as database
from portal.media.commands import receive_picture
from portal.media.models import Picture
from portal.stories.beside import beside
from portal.stories.models import Story
from tests.builders import member, moderator, story, topic
from tests.finding import at, author_of
from tests.queries import heard
from tests.stories.test_photos import SMALL
from tests.stories.test_stories import TYPED, only_story


def page_of(client, s):
    return client.get(at(s)).text.partition("<main")[2].partition("</main>")[0]


def test_the_parts_stand_in_order_with_number_sentence_and_facts(client):
    author = member("nadia", verified=True, helped_count=37, place="Ghent")
    s = story(
        author, who="I bake.", hard="The van.", tried="A trailer.", changed="No van now.",
        advice="Short. Borrow it in the worst month, and see whether it still works.", figure="14 min",
        figure_says="saved on every tour", trade="Baker", goal="Deliver before seven", company_size="2-9",
    )  # fmt: skip
    page = page_of(client, s)
    order = [
        "Verified customer since", "At a glance", "2–9 people", "Ghent", "Who I am", "What was hard", "What I tried",
        "story-quote", "What changed", "14 min", "saved on every tour", "What I would tell someone like me",
    ]  # fmt: skip
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "on the company&#39;s customer list" in page
    assert "helped 37 people" in page
    quote = page.partition('class="story-quote"')[2].partition("</figure>")[0]
    assert "Borrow it in the worst month, and see whether it still works." in quote


def test_a_chosen_sentence_is_shown_large_as_long_as_the_story_holds_it(as_member, client, db, clock):
    clock.freeze()
    quote = "There were two cars, and never one of them where it was needed."
    visitor = as_member(member())
    visitor.submit("/stories/new", {**TYPED, "pull_quote": quote})
    s = only_story(db)
    assert s.pull_quote == quote, "marks inside the sentence do not keep it from being found"
    assert f"{quote}</blockquote>" in page_of(client, s)
    other = s.html.replace("needed", "wanted")
    database.session.execute(update(Contribution).where(Contribution.id == s.id).values(html=other))
    assert f"{quote}</blockquote>" not in page_of(client, s)
    assert "Whoever likes it in the rain will like it always.</blockquote>" in page_of(client, s)


def test_a_story_from_before_the_five_parts_is_shown_as_it_was(client, db):
    s = story()
    db.session.execute(
        update(Contribution).where(Contribution.id == s.id).values(html="<h3>Before</h3><p>Two cars.</p>")
    )
    page = page_of(client, s)
    assert "<h3>Before</h3><p>Two cars.</p>" in page
    assert "story-quote" not in page
    assert "story-figure" not in page


@pytest.mark.parametrize(
    "bad", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</section><section data-part='advice'>"]
)
def test_nothing_that_is_written_reaches_out_of_its_place(as_member, client, db, bad):
    typed = {**TYPED, **dict.fromkeys(("who", "hard", "tried", "changed", "advice"), f"It was {bad} there.")}
    typed |= {"figure": bad[:20], "figure_says": bad, "trade": bad, "goal": bad, "title": bad, "pull_quote": ""}
    assert as_member(member()).submit("/stories/new", typed).status_code == 303
    s = only_story(db)
    page = page_of(client, s)
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert page.count('<section class="story-part">') == 5
    assert s.html.count("<section") == s.html.count("</section>") == 6, "five parts and the facts"


def test_pictures_stand_after_their_parts_and_the_first_without_one_opens(as_member, client, db):
    author = member()
    tokens = [receive_picture(author, SMALL).token for _ in range(4)]
    stranger = receive_picture(member(), SMALL).token
    typed = {**TYPED, "pictures": [*tokens, stranger], **{f"alt-{t}": f"Picture {n}" for n, t in enumerate(tokens)}}
    typed |= {f"part-{tokens[0]}": "tried", f"part-{tokens[2]}": "invented", f"part-{tokens[3]}": "hard"}
    typed |= {f"alt-{stranger}": "Not mine", f"part-{stranger}": "hard"}
    assert as_member(author).submit("/stories/new", typed).status_code == 303
    s = only_story(db)
    assert [p.part for p in db.session.query(Picture).filter_by(contribution_id=s.id).order_by(Picture.place)] == [
        "tried", "", "", "hard",
    ]  # fmt: skip
    assert db.session.query(Picture).filter_by(token=stranger).one().contribution_id is None
    page = page_of(as_member(author), s)
    order = ["Picture 1", "Picture 2", "What was hard", "Picture 3", "What I tried", "Picture 0", "What changed"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    form = as_member(author).get(f"/stories/{s.id}/edit").text
    assert '<option value="tried" selected>' in form


def test_a_preview_shows_the_page_and_keeps_nothing(as_member, db):
    typed = {**TYPED, "preview": "1", "title": "<b>Two</b> cars"}
    del typed["agrees_site"]
    answer = as_member(member()).submit("/stories/new", typed)
    assert answer.status_code == 200
    assert "Nothing has been sent yet" in answer.text
    assert "<strong>two</strong> cars" in answer.text
    assert "&lt;b&gt;Two&lt;/b&gt; cars" in answer.text
    assert answer.text.count("<h1") == 1
    assert 'name="who"' in answer.text
    assert db.session.query(Story).count() == 0
    too_long = as_member(member()).submit("/stories/new", {**typed, "tried": "x" * 100_000})
    assert too_long.status_code == 422


def test_what_staff_edits_is_said_with_name_day_and_reason(as_member, client, db, clock):
    clock.freeze()
    s = story(title="Two cars became one")
    clock.advance(hours=2)
    selma = moderator("selma", display_name="Selma Falk")
    form = as_member(selma).get(f"/stories/{s.id}/edit").text
    assert "Why you change it" in form
    assert "agrees_site" not in form, "nobody agrees in somebody else's name"
    typed = {"title": s.title, "hard": "Two cars, *both* red", "changed": s.changed, "product": "0", "why": "A typo <3"}
    assert as_member(selma).submit(f"/stories/{s.id}/edit", typed).status_code == 303
    page = page_of(client, s)
    assert "Edited by" in page
    assert "Selma Falk" in page
    assert "(moderator)" in page
    assert "A typo &lt;3" in page
    assert db.session.query(Revision).one().why == "A typo <3"
    clock.advance(hours=2)
    as_member(author_of(s)).submit(f"/stories/{s.id}/edit", {**TYPED, "title": s.title})
    assert page_of(client, s).count("Edited by") == 1, "an author's own edit is not staff's"


def test_a_fact_that_staff_changes_leaves_a_trace_too(as_member, client, db, clock):
    clock.freeze()
    s = story(trade="Baker")
    clock.advance(hours=2)
    typed = {"title": s.title, "hard": s.hard, "changed": s.changed, "product": "0", "trade": "Confectioner"}
    as_member(moderator()).submit(f"/stories/{s.id}/edit", typed)
    assert db.session.query(Revision).count() == 1
    assert "Edited by" in page_of(client, s)


@pytest.mark.parametrize("path", ["/stories/new", "/photos/new"])
def test_employees_tell_no_stories_and_are_told_what_they_can_do(as_member, db, path):
    visitor = as_member(member(is_employee=True))
    for answer in (visitor.get(path), visitor.submit(path, TYPED)):
        assert answer.status_code == 403
        assert "write an article instead" in answer.text
    assert db.session.query(Contribution).count() == 0


def test_stories_like_this_are_those_with_most_in_common(db):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    db.session.flush()
    s = story(product_id=product.id, trade="Baker", goal="Deliver before seven", company_size="2-9", tags=("winter",))
    story(title="Nothing in common", trade="Vet")
    for state in ("hidden", "pending", "removed"):
        story(title=state, product_id=product.id, trade="Baker", goal="Deliver before seven", state=state)
    story(title="Size", company_size="2-9")
    story(title="Trade and tag", trade="baker", tags=("winter",))  # earlier than the next, which scores the same
    story(title="Goal", goal="deliver before seven")
    story(title="Product and trade", product_id=product.id, trade="Baker")
    assert [x.title for x in beside(s).stories] == ["Product and trade", "Goal", "Trade and tag"]
    assert beside(story(title="Alone")).stories == []


def test_questions_about_the_same_come_solved_first(db):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    db.session.flush()
    s = story(product_id=product.id, tags=("winter",))
    topic(title="Open", product_id=product.id)
    topic(title="Tagged", tags=("winter",), accepted_count=1)
    topic(title="Elsewhere")
    topic(title="Waiting", product_id=product.id, state="pending")
    assert [q.title for q in beside(s).questions] == ["Tagged", "Open"]
    assert beside(story()).questions == []


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_page_asks_as_much_whatever_stands_on_it(as_member, client, db, clock, signed_in):
    clock.freeze()
    few = at(story(trade="Baker", tags=("winter",)))
    many = at(story(trade="Vet", tags=("summer",), figure="3", figure_says="cats", who="I", tried="All", advice="Do"))
    for _ in range(4):
        story(trade="Vet", tags=("summer",))
        topic(tags=("summer",))
    story(trade="Baker")
    topic(tags=("winter",))
    visitor = as_member(member()) if signed_in else client
    asked = []
    for address in (few, many):
        visitor.get(address)
        with heard(db.engine) as found:
            assert visitor.get(address).status_code == 200
        asked.append(len(found.reading))
    # What a member has typed, read, thanked and not been told yet is asked on each page, whatever it shows.
    assert asked[0] == asked[1] <= (14 if signed_in else 12), str(found)
