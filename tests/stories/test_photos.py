"""Submitting photos: pictures with words and consents, changed and sent again, shown on the wall."""

from io import BytesIO

import pytest

from portal.contributions import lifecycle
from portal.contributions.consents import PURPOSES
from portal.contributions.models import Consent, Product, Revision
from portal.media.commands import attach, receive_picture
from portal.media.models import Picture
from portal.stories.models import Photo
from tests.builders import member, moderator, photo
from tests.finding import at, author_of
from tests.media import samples

SMALL = samples.saved(samples.drawing((700, 500)))
TYPED = {
    "title": "Over the pass",
    "caption": "Seven in the morning, **minus two**.",
    "taken_at_place": "Tyrol",
    "tags": "Winter, alps",
    "product": "0",
    "agrees_site": "y",
    "agrees_people": "y",
}


class Sender:
    """Somebody signed in who has sent two pictures and is about to send the form."""

    def __init__(self, as_member, who):
        self.member, self.visitor = who, as_member(who)
        self.tokens = [receive_picture(who, SMALL).token for _ in range(2)]

    def typed(self, **changes):
        pictures = {"pictures": self.tokens, **{f"alt-{t}": f"A red wheel, {t[:4]}" for t in self.tokens}}
        return {**TYPED, **pictures, **changes}


@pytest.fixture
def sender(as_member):
    """`sender.visitor`, signed in as `sender.member`; the pictures are `sender.tokens`."""
    return Sender(as_member, member())


def only_photo(db):
    return db.session.query(Photo).one()


def test_pictures_with_words_and_consents_become_one_submission(sender, db, settled):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    db.session.flush()
    answer = sender.visitor.submit("/photos/new", sender.typed(product=str(product.id)))
    p = only_photo(db)
    assert answer.status_code == 303
    assert answer.location == at(p)
    assert (p.title, p.taken_at_place, p.product_id, p.state) == ("Over the pass", "Tyrol", product.id, "published")
    settled()
    page = sender.visitor.application.test_client().get(answer.location).text
    assert "<strong>minus two</strong>" in page
    assert page.count("A red wheel") >= 2
    assert "Tyrol" in page
    assert ">winter<" in page
    consents = {(c.purpose, c.wording, c.member_id) for c in db.session.query(Consent).all()}
    assert consents == {(p, PURPOSES[p].wording, sender.member.id) for p in ("site", "people_shown")}


def test_pictures_keep_the_order_in_which_they_stood(sender, db):
    sender.visitor.submit("/photos/new", sender.typed(pictures=sender.tokens[::-1]))
    pictures = db.session.query(Picture).order_by(Picture.place).all()
    assert [p.token for p in pictures] == sender.tokens[::-1]


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("title", "Please write a title."),
        ("agrees_site", "We can only show it if you agree."),
        ("agrees_people", "We can only show it if you agree."),
    ],
)
def test_what_is_missing_is_said_and_words_and_pictures_stay(sender, db, left_out, sentence):
    typed = sender.typed()
    del typed[left_out]
    page = sender.visitor.submit("/photos/new", typed).text
    assert sentence in page
    assert db.session.query(Photo).count() == 0
    assert "Seven in the morning, **minus two**." in page
    for token in sender.tokens:
        assert f'value="{token}"' in page
        assert f"A red wheel, {token[:4]}" in page


def test_a_picture_that_nobody_described_is_asked_about(sender, db):
    typed = sender.typed()
    typed[f"alt-{sender.tokens[1]}"] = " "
    page = sender.visitor.submit("/photos/new", typed).text
    assert "what each picture shows" in page
    assert f"A red wheel, {sender.tokens[0][:4]}" in page
    assert db.session.query(Photo).count() == 0


def test_a_submission_without_pictures_is_none(as_member, db):
    answer = as_member(member()).submit("/photos/new", TYPED)
    assert answer.status_code == 422
    assert "Please add at least one picture." in answer.text
    assert "Over the pass" in answer.text
    assert db.session.query(Photo).count() == 0


def test_without_scripts_the_file_comes_with_the_form_and_is_described_in_a_second_step(as_member, db, settled):
    visitor = as_member(member())
    page = visitor.submit("/photos/new", {**TYPED, "files": (BytesIO(SMALL), "pass.jpg")}).text
    assert "what each picture shows" in page
    token = db.session.query(Picture).one().token
    assert f'name="alt-{token}"' in page
    typed = {**TYPED, "pictures": token, f"alt-{token}": "Two riders in the snow"}
    assert visitor.submit("/photos/new", typed).status_code == 303
    settled()
    assert "Two riders in the snow" in visitor.get(at(only_photo(db))).text
    assert db.session.query(Picture).count() == 1


def test_a_bad_file_is_named_and_costs_nothing_else(sender, db):
    typed = sender.typed(files=(BytesIO(b"<svg onload=alert(1)>"), "evil.svg"))
    page = sender.visitor.submit("/photos/new", typed).text
    assert "evil.svg: " in page
    assert f'value="{sender.tokens[0]}"' in page
    assert db.session.query(Photo).count() == 0


def test_pictures_of_others_cannot_be_taken(sender, db):
    theirs = receive_picture(member(), SMALL)
    sender.visitor.submit("/photos/new", sender.typed(pictures=[*sender.tokens, theirs.token]))
    assert db.session.query(Picture).filter(Picture.contribution_id.is_not(None)).count() == 2
    assert theirs.contribution_id is None


def test_sent_twice_it_is_one(sender, db):
    answers = [sender.visitor.submit("/photos/new", sender.typed(submission_key="once")) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert db.session.query(Photo).count() == 1
    assert db.session.query(Consent).count() == 2


def test_a_newcomers_photo_waits_unseen_with_its_picture(as_member, client, db, settled):
    author = member(new=True)
    token = receive_picture(author, SMALL).token
    visitor = as_member(author)
    answer = visitor.submit("/photos/new", {**TYPED, "pictures": token, f"alt-{token}": "Snow"})
    settled()
    assert only_photo(db).state == "pending"
    assert "Waiting for a moderator" in visitor.get(answer.location).text
    assert client.get(answer.location).status_code == 404
    assert client.get(f"/pictures/{token}/640").status_code == 404
    assert "Over the pass" not in client.get("/photos/").text
    judge = as_member(moderator())
    assert judge.get(f"/pictures/{token}/640").status_code == 200
    lifecycle.approve(only_photo(db), moderator())
    settled()
    assert client.get(answer.location).status_code == 200
    assert client.get(client.get(f"/pictures/{token}/640").location).mimetype == "image/webp"
    assert "Over the pass" in client.get("/photos/").text


def test_a_changed_photo_keeps_its_revision_and_lets_go_of_pictures(sender, db, settled, clock):
    clock.freeze()
    sender.visitor.submit("/photos/new", sender.typed())
    p = only_photo(db)
    settled()
    clock.advance(hours=1)
    form = sender.visitor.get(f"/photos/{p.id}/edit").text
    assert "Seven in the morning" in form
    assert f'value="{sender.tokens[1]}"' in form
    kept = sender.tokens[1]
    answer = sender.visitor.submit(f"/photos/{p.id}/edit", sender.typed(title="Over two passes", pictures=kept))
    assert answer.status_code == 303
    settled()
    assert p.title == "Over two passes"
    assert db.session.query(Revision).one().title == "Over the pass"
    shown = {x.token: (x.contribution_id, x.public_key is not None) for x in db.session.query(Picture)}
    assert shown == {kept: (p.id, True), sender.tokens[0]: (None, False)}


def test_a_file_can_be_added_without_scripts_when_editing(sender, db):
    sender.visitor.submit("/photos/new", sender.typed())
    p = only_photo(db)
    typed = sender.typed(files=(BytesIO(SMALL), "third.jpg"))
    page = sender.visitor.submit(f"/photos/{p.id}/edit", typed)
    assert page.status_code == 200
    assert "what each picture shows" in page.text
    assert db.session.query(Picture).count() == 3


def test_a_returned_photo_is_changed_and_waits_again(as_member, db):
    author = member(new=True)
    token = receive_picture(author, SMALL).token
    visitor = as_member(author)
    typed = {**TYPED, "pictures": token, f"alt-{token}": "Snow"}
    visitor.submit("/photos/new", typed)
    p = only_photo(db)
    lifecycle.return_to_author(p, moderator(), "Which model is it?")
    assert "Which model is it?" in visitor.get(f"/photos/{p.id}/edit").text
    assert visitor.submit(f"/photos/{p.id}/edit", {**typed, "caption": "A Tern."}).status_code == 303
    assert (p.state, p.source) == ("pending", "A Tern.")


def test_a_moderator_mends_the_words_and_the_pictures_stay(sender, as_member, db):
    sender.visitor.submit("/photos/new", sender.typed())
    p = only_photo(db)
    judge = as_member(moderator())
    answer = judge.submit(f"/photos/{p.id}/edit", {**TYPED, "title": "Over the pass in winter"})
    assert answer.status_code == 303
    assert p.title == "Over the pass in winter"
    assert db.session.query(Picture).filter_by(contribution_id=p.id).count() == 2


def test_nobody_else_changes_it(as_member, client):
    p = photo()
    for visitor in (as_member(member()), client):
        assert visitor.get(f"/photos/{p.id}/edit").status_code in (303, 403)
        visitor.submit(f"/photos/{p.id}/edit", {**TYPED, "title": "Stolen"})
    assert p.title != "Stolen"


def test_a_draft_of_the_words_comes_back_and_what_was_agreed_to_is_asked_anew(as_member, db):
    visitor = as_member(member())
    kept = {"key": "photo:new", "fields": {"title": "Half a title", "caption": "Half", "agrees_site": "y"}}
    visitor.put("/drafts", json=kept, headers={"X-CSRFToken": visitor.csrf_token()})
    page = visitor.get("/photos/new").text
    assert "Half a title" in page
    assert "Restored your draft" in page
    assert "checked" not in page
    assert visitor.submit("/photos/new", {"discard_draft": "1"}).status_code == 303
    assert "Half a title" not in visitor.get("/photos/new").text


def test_the_wall_can_be_seen_by_product_and_tag(client, db, settled):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    for p in (photo(title="With a Tern", product=product), photo(title="With something else")):
        attach(p, [receive_picture(author_of(p), SMALL).token])
    page = client.get("/photos/?product=tern").text
    assert "With a Tern" in page
    assert "With something else" not in page
    assert "No photos tagged “nothing” yet" in client.get("/photos/?tag=nothing").text


def test_an_empty_wall_says_what_to_do(client):
    assert "The wall is empty" in client.get("/photos/").text


def test_neighbours_on_the_wall_are_a_step_away(client, clock):
    clock.freeze()
    shown = []
    for name in ("first", "second", "third"):
        shown.append(photo(title=f"The {name}"))
        clock.advance(minutes=1)
    page = client.get(at(shown[1])).text
    assert "The first" in page
    assert "The third" in page


def test_a_removed_photo_is_gone_and_a_hidden_one_not_found(client):
    p, q = photo(state="removed"), photo(state="hidden")
    assert client.get(at(p)).status_code == 410
    assert client.get(at(q)).status_code == 404
    assert author_of(q) is not None
