"""Sending pictures in a real browser: bars, cancelling, trying again, order, words; and the same without scripts."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import builders
from tests.browser.people import PASSWORD, Person
from tests.media import samples


@pytest.fixture(scope="module")
def gallery(databases, tmp_path_factory):
    """A server where Vera shows photos; one for all tests."""
    from portal.members.passwords import hash_password
    from tests.live import Site

    folder = tmp_path_factory.mktemp("gallery")
    unhurried = {"topic_pause": 0, "sign_in_per_minute": 99, "posts_per_minute": 999, "pictures_per_hour": 999}
    site = Site(databases.another(folder, "gallery"), folder, **unhurried)
    with site.house():
        builders.member("vera", display_name="Vera Stein", password_hash=hash_password(PASSWORD))
    yield site.start()
    site.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """Eleven small pictures."""
    folder = tmp_path_factory.mktemp("files")
    made = []
    for number in range(11):
        made.append(folder / f"ride-{number}.jpg")
        made[-1].write_bytes(samples.saved(samples.drawing((300 + 10 * number, 220))))
    return made


@pytest.fixture(scope="module")
def cookies():
    return {}


@pytest.fixture
def vera(gallery, new_page, cookies):
    """Vera before an empty form for photos."""
    vera = Person(gallery, new_page(**cookies), "vera", "Vera Stein")
    if not cookies:
        vera.signs_in()
        cookies["storage_state"] = vera.page.context.storage_state()
    vera.goes_to("/photos/new")
    expect(vera.page.locator(".upload-list")).to_be_attached()
    return vera


def chooses(person, files):
    person.page.get_by_label("Add pictures").set_input_files(files)


def rows(person):
    return person.page.locator(".upload-item")


def said(person):
    return person.page.locator("[data-said]")


def fills_in(person, title):
    person.page.get_by_label("Title").fill(title)
    person.page.get_by_label("This may be shown").check()
    person.page.get_by_label("Everybody").first.check()


def alt_texts(page):
    """What the pictures of the page shown are said to show, in their order."""
    return [img.get_attribute("alt") for img in page.locator(".gallery-item picture img").all()]


def test_ten_are_sent_one_cancelled_one_tried_again_put_in_order_and_described(vera, files, watch):
    page = vera.page
    broken = []

    def way(route):
        """The third file's connection breaks, once; the fourth never gets through."""
        body = route.request.post_data_buffer or b""
        if b"ride-3.jpg" in body:
            return None  # it hangs until it is cancelled
        if b"ride-2.jpg" in body and not broken:
            broken.append(True)
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/pictures/", way)
    chooses(vera, files)
    expect(rows(vera)).to_have_count(10)
    expect(page.get_by_text("10 pictures are possible here; 1 were left out.")).to_be_visible()
    expect(page.get_by_role("progressbar", name="ride-9.jpg")).to_be_visible()
    row = rows(vera).filter(has_text="ride-3.jpg")
    expect(row.get_by_text("%").or_(row.get_by_text("Has arrived"))).to_be_visible()
    row.get_by_role("button", name="Cancel").click()
    expect(rows(vera)).to_have_count(9)
    torn = rows(vera).filter(has_text="ride-2.jpg")
    expect(torn.get_by_text("There is no connection right now")).to_be_visible()
    expect(rows(vera).locator("[data-progress]:visible")).to_have_count(0, timeout=30_000)
    torn.get_by_role("button", name="Try again").click()
    expect(torn.locator("img")).to_be_visible()

    first = rows(vera).nth(0).get_by_role("button", name="Move later")
    first.focus()
    page.keyboard.press("Enter")
    expect(said(vera)).to_have_text("ride-0.jpg is now number 2 of 9.")
    expect(rows(vera).nth(1).get_by_role("button", name="Move later")).to_be_focused()

    fills_in(vera, "Nine of ten")
    vera.presses("Send your photos")
    expect(rows(vera).nth(0).get_by_text("Please say in a few words")).to_be_visible()
    expect(rows(vera).nth(0).get_by_label("What does this picture show?")).to_be_focused()
    for number, row in enumerate(rows(vera).all()):
        row.get_by_label("What does this picture show?").fill(f"Shot {number}")
    tokens = page.locator('[name="pictures"]').evaluate_all("fields => fields.map(f => f.value)")
    vera.presses("Send your photos")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nine of ten")
    assert alt_texts(page) == [f"Shot {number}" for number in range(9)]
    with vera.site.house() as _:
        from portal.db import db
        from portal.media.models import Picture

        kept = [p.token for p in db.session.query(Picture).filter(Picture.token.in_(tokens)).order_by(Picture.place)]
    assert kept == tokens
    watch.forget()


def test_what_broke_off_goes_on_by_itself_when_the_connection_is_back_and_one_that_is_too_large_is_not_sent(
    vera, files, watch
):
    page = vera.page
    page.wait_for_load_state("networkidle")  # its script is there
    page.context.set_offline(True)
    chooses(vera, files[:2])
    expect(rows(vera).get_by_text("There is no connection right now")).to_have_count(2)
    page.context.set_offline(False)
    expect(rows(vera).locator("img")).to_have_count(2)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(21 * 1024 * 1024)], "huge.jpg", { type: "image/jpeg" }));
        const field = document.querySelector('#files'); field.files = data.files;
        field.dispatchEvent(new Event("change", { bubbles: true })); }"""
    )
    expect(page.get_by_text("This picture is larger than 20 MB.")).to_be_visible()
    assert not any("/pictures/" in url for url in sent)
    watch.forget()


def test_pictures_that_were_chosen_before_the_script_was_there_are_sent_by_it(vera, files):
    page, held = vera.page, []
    page.route("**/upload.*js*", lambda route: held.append(route))
    page.reload()
    while not held:
        page.wait_for_timeout(50)
    chooses(vera, files[:2])
    assert rows(vera).count() == 0
    held[0].continue_()
    expect(rows(vera)).to_have_count(2)
    expect(page.locator('input[name="pictures"]')).to_have_count(2)
    expect(said(vera)).to_contain_text("All pictures have arrived")


def test_a_picture_is_pasted_and_pulled_to_its_place_and_leaving_meanwhile_is_asked_about(vera, files):
    page = vera.page
    chooses(vera, files[:2])
    expect(rows(vera).locator("img")).to_have_count(2)
    data = json.dumps(list(files[2].read_bytes()))
    page.get_by_label("Title").evaluate(
        f"""field => {{ const data = new DataTransfer();
        data.items.add(new File([new Uint8Array({data})], "pasted.jpg", {{ type: "image/jpeg" }}));
        field.dispatchEvent(new ClipboardEvent("paste", {{ clipboardData: data, bubbles: true,
        cancelable: true }})); }}"""
    )
    expect(rows(vera).locator("img")).to_have_count(3)
    page.set_viewport_size({"width": 1280, "height": 1800})  # all rows in sight: nothing scrolls meanwhile
    grip, top = rows(vera).nth(2).locator("[data-grip]"), rows(vera).nth(0)
    grip.scroll_into_view_if_needed()
    box, target = grip.bounding_box(), top.bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 9, target["y"] + target["height"] + 20, steps=8)
    page.mouse.move(box["x"] + 9, target["y"] + 15, steps=8)
    page.mouse.up()
    expect(rows(vera).nth(0)).to_contain_text("pasted.jpg")
    expect(said(vera)).to_have_text("pasted.jpg is now number 1 of 3.")

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/pictures/", lambda route: None)
    chooses(vera, files[3:4])
    expect(rows(vera)).to_have_count(4)
    page.get_by_label("Title").fill("x")
    page.goto(f"{vera.site.url}/photos/")
    assert asked == ["beforeunload"]


def test_pictures_of_a_draft_come_back_with_their_words_at_once_and_after_a_moment(vera, files, watch):
    page = vera.page
    chooses(vera, files[:2])
    expect(rows(vera).locator("img")).to_have_count(2)
    page.get_by_label("Title").fill("Not sent yet")
    rows(vera).nth(1).get_by_label("What does this picture show?").fill("The second one")
    page.reload()  # before the server was told
    expect(rows(vera).locator("img")).to_have_count(2)
    expect(rows(vera).nth(1).get_by_label("What does this picture show?")).to_have_value("The second one")
    expect(page.get_by_label("Title")).to_have_value("Not sent yet")
    rows(vera).nth(0).get_by_role("button", name="Move later").click()
    page.reload()
    expect(rows(vera).nth(0).get_by_label("What does this picture show?")).to_have_value("The second one")
    page.get_by_role("button", name="Discard it").click()
    expect(rows(vera)).to_have_count(0)
    expect(page.get_by_label("Title")).to_have_value("")
    watch.forget()


def test_without_scripts_files_come_with_the_form_are_described_put_in_order_and_taken_out(
    gallery, javascript_off, files, vera
):
    nora = Person(gallery, javascript_off(storage_state=vera.page.context.storage_state()), "vera")
    page = nora.page
    nora.goes_to("/photos/new")
    fills_in(nora, "By hand")
    chooses(nora, files[:3])
    nora.presses("Send your photos")
    expect(page.locator(".upload").get_by_text("what each picture shows")).to_be_visible()
    for number, row in enumerate(rows(nora).all()):
        row.get_by_label("What does this picture show?").fill(f"Picture {number}")
    rows(nora).nth(2).get_by_role("button", name="Move earlier").click()
    expect(rows(nora).nth(1).get_by_label("What does this picture show?")).to_have_value("Picture 2")
    rows(nora).nth(0).get_by_role("button", name="Take it out").click()
    expect(rows(nora)).to_have_count(2)
    nora.presses("Send your photos")
    expect(page.get_by_role("heading", level=1)).to_have_text("By hand")
    assert alt_texts(page) == ["Picture 2", "Picture 1"]
