"""What staff may use now, and the proof of it: to read, as JSON and as a table that no spreadsheet runs."""

import csv
import io
import json

import pytest

from portal.contributions import consents, lifecycle
from portal.contributions.consents import PURPOSES, Choices
from portal.csv_files import MARK
from portal.db import db as database
from portal.profile.commands import erase_member
from portal.rights.commands import answer, ask
from tests.builders import member, moderator, story
from tests.rights.showing import OTHER, WHEEL, picture_of, shown_photo


@pytest.fixture
def staff(as_member):
    """A moderator's browser."""
    return as_member(moderator("wout"))


def table(response):
    """The rows of a CSV file, by its head."""
    return list(csv.DictReader(io.StringIO(response.text.removeprefix(MARK))))


def test_the_list_holds_what_stands_now_and_is_seen(staff, db, clock):
    clock.freeze()
    titles = ("Given", "Refused", "Hidden", "Ended", "Taken")
    given, refused, hidden, ended, taken = [shown_photo(title=title) for title in titles]
    for photo in (given, hidden, taken):
        consents.record_choices(photo, Choices(["email"]))
    consents.record_choices(ended, Choices(["email"], months=12))
    lifecycle.hide(hidden, moderator())
    consents.revoke(consents.standing(taken)["email"], taken.author)
    clock.advance(days=400)
    page = staff.get("/rights/").text.partition("<main")[2]
    assert "Given" in page
    for photo in (refused, hidden, ended, taken):
        assert photo.title not in page
    assert "Nothing may be used for this yet." in staff.get("/rights/?purpose=print").text
    assert [row["title"] for row in table(staff.get("/rights/list.csv?purpose=email"))] == ["Given"]
    assert staff.get("/rights/?purpose=site").status_code == 404


def test_a_consent_taken_back_is_out_of_the_list_with_the_next_look(staff, as_member, db):
    photo = shown_photo(title="My wheel")
    given = consents.give(photo, "print")
    assert len(table(staff.get("/rights/list.csv"))) == 1
    as_member(photo.author).submit(f"/account/rights/{given.id}/take-back")
    assert table(staff.get("/rights/list.csv")) == []
    assert "My wheel" not in staff.get("/rights/?purpose=print").text


def test_the_proof_says_all_of_it(staff, db, clock):
    now = clock.freeze()
    photo = shown_photo(member("mara"), title="My wheel", state="pending")
    lifecycle.approve(photo, moderator("selma", display_name="Selma"))
    [request] = ask(photo, moderator("tom", display_name="Tom"), ["print"], "For the spring fair.", 12)
    answer(request, photo.author, True)
    given = consents.give(photo, "email")
    consents.revoke(given, photo.author)
    answered = staff.get(f"/rights/proof/{photo.id}.json")
    assert answered.headers["Content-Disposition"].startswith("attachment")
    assert answered.headers["Cache-Control"] == "private, no-store"
    facts = json.loads(answered.text)
    by_purpose = {c["purpose"]: c for c in facts["consents"]}
    assert by_purpose["print"]["wording"] == PURPOSES["print"].wording
    assert by_purpose["print"]["wording_version"] == "2026-11"
    assert by_purpose["print"]["given_at"] == now.isoformat()
    assert by_purpose["print"]["question"] == request.id
    assert by_purpose["print"]["until"] == now.replace(year=now.year + 1).isoformat()
    assert (by_purpose["email"]["stands"], by_purpose["email"]["revoked_at"]) == (False, now.isoformat())
    assert facts["questions"][0]["asked_by"] == "Tom"
    assert (facts["questions"][0]["answer"], facts["questions"][0]["words"]) == ("yes", "For the spring fair.")
    assert [p["sha256"] for p in facts["pictures"]] == [picture_of(photo).sha256]
    assert ("Selma", "published") in {(d["by"], d["to"]) for d in facts["decisions"]}
    assert facts["contribution"]["author"]["username"] == "mara"
    page = staff.get(f"/rights/proof/{photo.id}").text
    for words in (PURPOSES["print"].wording, "Taken back", "For the spring fair.", picture_of(photo).sha256):
        assert words in page


def test_the_proof_outlives_the_pictures_and_the_account(staff, db, settled):
    photo = shown_photo(member("mara"), WHEEL, OTHER)
    sums = {p.sha256 for p in photo.pictures}
    consents.revoke(consents.standing(photo)["site"], photo.author)
    settled()
    erase_member(photo.author, keep_contributions=False)
    settled()
    facts = json.loads(staff.get(f"/rights/proof/{photo.id}.json").text)
    assert {p["sha256"] for p in facts["pictures"]} == sums
    assert all(p["deleted_at"] for p in facts["pictures"])
    assert all(c["revoked_at"] for c in facts["consents"])


def test_the_table_of_one_has_what_ended_too(staff, db):
    photo = shown_photo()
    consents.revoke(consents.give(photo, "email"), photo.author)
    rows = {row["purpose"]: row for row in table(staff.get(f"/rights/proof/{photo.id}.csv"))}
    assert rows["email"]["stands"] == "no"
    assert rows["email"]["revoked_at"]
    assert rows["site"]["stands"] == "yes"
    assert rows["site"]["picture_sha256"] == picture_of(photo).sha256


def test_a_title_that_is_a_formula_stays_words(staff, db):
    photo = shown_photo(member("mallory", display_name="@SUM(A1)"), title="=cmd|' /C calc'!A0")
    consents.give(photo, "email")
    [row] = table(staff.get("/rights/list.csv"))
    assert row["title"] == "'=cmd|' /C calc'!A0"
    assert row["author"] == "'@SUM(A1)"


def test_pages_do_not_cost_more_for_more_rows(staff, db):
    from sqlalchemy import event

    def queries(of):
        seen = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(database.engine, "before_cursor_execute", listen)
        staff.get(of)
        event.remove(database.engine, "before_cursor_execute", listen)
        return len(seen)

    staff.get("/rights/")  # that somebody was here is written down once in a while
    consents.give(shown_photo(), "email")
    few = {address: queries(address) for address in ("/rights/", "/rights/list.csv")}
    for _ in range(4):
        consents.give(shown_photo(), "email")
    assert {address: queries(address) for address in few} == few
    assert few["/rights/"] <= 12


def test_what_is_no_story_and_no_photo_has_no_proof(staff, db):
    from tests.builders import topic

    assert staff.get(f"/rights/proof/{topic().id}").status_code == 404
    assert staff.get(f"/rights/proof/{story(state='draft').id}.json").status_code == 404
    assert staff.get(f"/rights/proof/{story().id}.csv").status_code == 200


def test_what_its_author_took_back_to_the_drafts_is_theirs_again(staff, db):
    photo = shown_photo(state="pending", title="A private thought")
    assert staff.get(f"/rights/proof/{photo.id}").status_code == 200
    assert lifecycle.withdraw(photo, photo.author)
    for form in ("", ".json", ".csv"):
        answered = staff.get(f"/rights/proof/{photo.id}{form}")
        assert answered.status_code == 404
        assert "A private thought" not in answered.text
