"""The front page: who the customers are and what they achieved; nothing that is not public, no query too many."""

from portal.forum.commands import accept_reply
from portal.media.commands import attach, receive_picture
from portal.site import Site
from tests.builders import member, photo, reply, story, topic
from tests.finding import author_of
from tests.media import samples
from tests.queries import heard


def test_an_empty_site_says_how_to_begin(client):
    page = client.get("/").text
    assert "This site has just opened" in page
    assert "Where our customers help each other" in page
    assert page.count("<h1") == 1


def test_stories_photos_open_questions_and_advocates_are_there(client, db, clock, settled):
    story(title="Two cars became one")
    topic(title="Why does it squeak?")
    p = photo(title="Over the pass")
    attach(p, [receive_picture(author_of(p), samples.saved(samples.drawing())).token])
    member("mara", display_name="Mara Lind", advocate_since=clock.freeze(), helped_count=37)
    settled()
    page = client.get("/").text
    for words in ("Two cars became one", "Why does it squeak?", "Over the pass", "Mara Lind", "helped 37 people"):
        assert words in page


def test_what_is_not_public_is_not_there(client, clock):
    for state in ("draft", "pending", "returned", "hidden", "removed"):
        story(title=f"A {state} story", state=state)
        topic(title=f"A {state} question", state=state)
        photo(title=f"A {state} photo", state=state)
    member("gone", display_name="Gone Away", advocate_since=clock.freeze(), erased_at=clock.freeze())
    page = client.get("/").text
    for state in ("draft", "pending", "returned", "hidden", "removed"):
        assert f"A {state} " not in page
    assert "Gone Away" not in page


def test_a_solved_question_and_a_discussion_are_no_open_questions(client):
    solved = topic(title="It was solved")
    accept_reply(reply(solved), author_of(solved))
    topic(title="Let us talk", format="discussion")
    page = client.get("/").text
    assert "Let us talk" not in page
    assert "It was solved" not in page
    assert "1 question solved" in page


def test_what_the_owner_says_is_text_and_not_markup(client, db):
    db.session.add(Site(id=1, name="<b>Tern", tagline="Ride & <i>talk", welcome="Hello *you*.\n\n<script>x</script>"))
    page = client.get("/").text
    assert "&lt;b&gt;Tern" in page
    assert "Ride &amp; &lt;i&gt;talk" in page
    assert "<em>you</em>" in page
    assert "<script>x" not in page


def test_it_costs_the_same_on_a_large_site(client, db, settled):
    def furnish(n):
        for _ in range(n):
            story()
            reply(topic(tags=["one", "two"]))
            photo()
        settled()
        client.get("/")
        with heard(db.engine) as asked:
            client.get("/")
        return asked

    few, many = furnish(1), furnish(9)
    assert len(many) == len(few) <= 12, many


def test_health_is_told_without_telling_more(client):
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ok")
    assert ready.headers["Cache-Control"] == "no-store"


def test_waiting_errands_are_counted(client):
    story()
    assert client.get("/readyz").json["errands"] > 0
