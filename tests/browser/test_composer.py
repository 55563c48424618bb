"""Writing in a real browser: what the place to write offers, and that nothing typed is ever lost."""

import base64
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests import builders
from tests.browser.people import PASSWORD, Person
from tests.media import samples

SHORT = "The chain slips."
"""Short enough to be posted twice: the same long text again is refused as a mistake."""


@pytest.fixture(scope="module")
def workshop(databases, tmp_path_factory):
    """A server with a board, a question and two people who answer; one for all tests, each with a topic of its own."""
    from portal.members.passwords import hash_password
    from tests.live import Site

    folder = tmp_path_factory.mktemp("workshop")
    site = Site(
        databases.another(folder, "workshop"), folder, reply_pause=0, topic_pause=0, sign_in_per_minute=99,
        sign_in_per_hour=999,
    )  # fmt: skip
    with site.house():
        builders.board("Repairs")
        builders.member("vera", display_name="Vera Stein", password_hash=hash_password(PASSWORD))
        builders.member("tom", display_name="Tom Nox", password_hash=hash_password(PASSWORD))
    yield site.start()
    site.close()


@pytest.fixture
def topic_path(workshop, request):
    """The address of a question that nobody has answered."""
    from portal.contributions.addresses import url_of
    from portal.db import db, writing
    from portal.members.models import Member

    with workshop.house() as app, app.test_request_context(), writing():
        tom = db.session.query(Member).filter_by(username="tom").one()
        topic = builders.topic(tom, text="It squeaks when wet.\n\nOnly **then**.")
        return url_of(topic)


@pytest.fixture(scope="module")
def cookies():
    """What Vera's browser keeps once she has signed in, so that she need not do it before each test."""
    return {}


@pytest.fixture
def vera(workshop, new_page, cookies):
    """Somebody signed in."""
    vera = Person(workshop, new_page(**cookies), "vera", "Vera Stein")
    if not cookies:
        vera.signs_in()
        cookies["storage_state"] = vera.page.context.storage_state()
    return vera


@pytest.fixture
def answering(vera, topic_path):
    """Vera on the page of a topic; `answering.page` has the place to write at its end."""
    vera.goes_to(topic_path)
    place(vera).focus()
    expect(place(vera)).to_have_attribute("aria-autocomplete", "list")  # its scripts have arrived
    return vera


def place(person):
    return person.page.get_by_label("Your reply")


def replies(person, words=SHORT):
    return person.page.get_by_role("article").filter(has_text=words)


@pytest.mark.parametrize(
    ("tool", "made"),
    [
        ("Bold", "**slips**"),
        ("Italic", "*slips*"),
        ("Code", "`slips`"),
        ("Link", "[slips](https://)"),
        ("Quote", "> The chain slips."),
        ("List", "- The chain slips."),
    ],
)
def test_a_tool_marks_what_is_chosen_and_can_be_undone(answering, tool, made):
    place(answering).fill(SHORT)
    place(answering).evaluate("text => text.setSelectionRange(10, 15)")
    answering.page.get_by_role("toolbar", name="Formatting").get_by_role("button", name=tool).click()
    expect(place(answering)).to_have_value(SHORT.replace("slips", made) if "chain" not in made else made)
    expect(place(answering)).to_be_focused()
    answering.page.keyboard.press("Control+z")
    expect(place(answering)).to_have_value(SHORT)


def test_a_reply_is_written_formatted_previewed_and_posted_by_keyboard_alone(answering):
    keys = answering.page.keyboard
    place(answering).focus()
    keys.type("It is the ")
    keys.press("Control+b")
    keys.type("chain")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.type(".")
    expect(place(answering)).to_have_value("It is the **chain**.")
    keys.press("Tab")
    expect(answering.page.get_by_role("button", name="Preview")).to_be_focused()
    keys.press("Enter")
    expect(answering.page.get_by_role("region", name="Preview").locator("strong")).to_have_text("chain")
    keys.press("Tab")
    expect(answering.page.get_by_role("button", name="Post your answer")).to_be_focused()
    keys.press("Enter")
    expect(replies(answering, "It is the chain.")).to_have_count(1)


def test_control_and_enter_post_from_within_the_text(answering):
    place(answering).fill(SHORT)
    place(answering).press("Control+Enter")
    expect(replies(answering)).to_have_count(1)


def test_the_tools_are_one_stop_and_arrows_walk_through_them(answering):
    tools = answering.page.get_by_role("toolbar", name="Formatting").get_by_role("button")
    place(answering).focus()
    answering.page.keyboard.press("Shift+Tab")
    expect(tools.first).to_be_focused()
    for key, expected in (("ArrowRight", tools.nth(1)), ("ArrowLeft", tools.first), ("ArrowLeft", tools.last)):
        answering.page.keyboard.press(key)
        expect(expected).to_be_focused()


def test_a_name_is_offered_taken_by_keyboard_and_becomes_a_link(answering):
    place(answering).focus()
    answering.page.keyboard.type("Ask @to")
    offered = answering.page.get_by_role("listbox", name="Members")
    expect(offered.get_by_role("option", name="Tom Nox")).to_be_visible()
    answering.page.keyboard.press("Enter")
    expect(place(answering)).to_have_value("Ask @tom ")
    expect(offered).to_be_hidden()
    answering.page.keyboard.type("about it.")
    answering.presses("Post your answer")
    link = replies(answering, "about it.").get_by_role("link", name="@tom")
    expect(link).to_have_attribute("href", "/members/tom")


def test_a_name_that_was_typed_before_the_script_was_there_is_offered(answering):
    page, held = answering.page, []
    page.route("**/mentions.*js*", lambda route: held.append(route))
    page.reload()
    place(answering).press_sequentially("Thanks, @to")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.get_by_role("listbox", name="Members").get_by_role("option").first).to_be_visible()


def test_names_can_be_waved_away(answering):
    place(answering).focus()
    answering.page.keyboard.type("Ask @to")
    expect(answering.page.get_by_role("option", name="Tom Nox")).to_be_visible()
    answering.page.keyboard.press("Escape")
    expect(answering.page.get_by_role("listbox", name="Members")).to_be_hidden()
    answering.page.keyboard.type("m")
    expect(place(answering)).to_have_value("Ask @tom")


PASTE = """async (text, [data, type, name]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type}));
  text.dispatchEvent(new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true}));
}"""


def paste(person, data, kind="image/jpeg", name="belt.jpg"):
    place(person).focus()
    place(person).evaluate(PASTE, [base64.b64encode(data).decode(), kind, name])


def test_a_pasted_picture_shows_its_progress_and_asks_for_its_words(answering):
    answering.page.route("**/pictures/", lambda route: (answering.page.wait_for_timeout(400), route.continue_()))
    paste(answering, samples.with_place())
    expect(answering.page.get_by_role("progressbar", name="belt.jpg")).to_be_visible()
    expect(place(answering)).to_have_value(re.compile(r"^!\[what it shows\]\(picture:[\w-]{22}\)\n$"), timeout=20_000)
    expect(answering.page.get_by_role("progressbar")).to_have_count(0)
    answering.page.keyboard.type("A wet belt")  # the words stand ready to be written over
    answering.presses("Post your answer")
    expect(answering.page.get_by_alt_text("A wet belt")).to_be_visible()


@pytest.fixture
def sends_later(answering):
    """`paste()`, then `arrives()`: the picture is on its way until then."""
    held = []
    answering.page.route("**/pictures/", lambda route: held.append(route))

    def arrives():
        while not held:
            answering.page.wait_for_timeout(20)
        for route in held:
            route.continue_()

    return arrives


IN_TEXT = r"!\[what it shows\]\(picture:[\w-]{22}\)"


def test_who_writes_on_while_a_picture_is_sent_is_not_disturbed_by_it(answering, sends_later):
    place(answering).fill("It squeaks")
    paste(answering, samples.with_place())
    answering.page.keyboard.type(" when we")
    sends_later()
    expect(answering.page.get_by_text("belt.jpg is in your text. Say there what it shows.")).to_be_visible()
    answering.page.keyboard.type("t.")
    expect(place(answering)).to_have_value(re.compile(rf"^It squeaks when wet\.\n\n{IN_TEXT}\n$"))
    place(answering).fill("Without it.")
    expect(answering.page.get_by_text("is in your text")).to_have_count(0)


def test_who_is_in_another_field_meanwhile_stays_there(answering, sends_later):
    place(answering).fill("It squeaks.")
    paste(answering, samples.with_place())
    other = answering.page.locator("header input[type=search]")
    other.focus()
    answering.page.keyboard.type("squ")
    sends_later()
    expect(place(answering)).to_have_value(re.compile(rf"^It squeaks\.\n\n{IN_TEXT}\n$"))
    answering.page.keyboard.type("eal")
    expect(other).to_have_value("squeal")


def test_two_pictures_at_once_stand_one_below_the_other_and_the_first_asks_for_its_words(answering, sends_later):
    place(answering).fill("Before\nAfter")
    place(answering).evaluate("text => text.setSelectionRange(3, 3)")
    paste(answering, samples.with_place())
    paste(answering, samples.with_place(), name="rim.jpg")
    answering.page.wait_for_timeout(300)
    sends_later()
    expect(place(answering)).to_have_value(re.compile(rf"^Before\n\n{IN_TEXT}\n\n{IN_TEXT}\n\nAfter$"))
    answering.page.keyboard.type("A belt")
    first = IN_TEXT.replace("what it shows", "A belt")
    expect(place(answering)).to_have_value(re.compile(rf"^Before\n\n{first}\n\n{IN_TEXT}\n\nAfter$"))


def test_a_reply_that_is_posted_while_its_picture_is_sent_follows_it(answering, sends_later):
    place(answering).fill("Look at this.")
    paste(answering, samples.with_place())
    answering.page.get_by_role("button", name="Post your answer").click()
    expect(answering.page.get_by_text("Your picture is still being sent.")).to_be_visible()
    sends_later()
    expect(replies(answering, "Look at this.").get_by_alt_text("what it shows")).to_be_visible()


def test_a_tool_that_is_pressed_before_its_script_is_there_acts_when_it_comes(vera, topic_path):
    held = []
    vera.page.route("**/composer.*js*", lambda route: held.append(route))
    vera.goes_to(topic_path)
    place(vera).focus()
    place(vera).press_sequentially("wet")
    place(vera).select_text()
    vera.page.get_by_role("button", name="Bold").click()
    while not held:
        vera.page.wait_for_timeout(20)
    assert place(vera).input_value() == "wet"
    held[0].continue_()
    expect(place(vera)).to_have_value("**wet**")


def test_a_pasted_file_that_is_no_picture_gets_a_sentence_and_costs_nothing(answering):
    place(answering).fill(SHORT)
    paste(answering, b"<svg onload=alert(1)>", name="evil.jpg")
    expect(answering.page.get_by_text(re.compile(r"evil\.jpg: .+\."))).to_be_visible()
    expect(place(answering)).to_have_value(SHORT)


def test_a_draft_is_saved_while_typing_and_is_there_after_a_reload_and_on_another_device(
    answering, new_page, topic_path
):
    place(answering).fill(SHORT)
    expect(answering.page.get_by_text("Draft saved")).to_be_visible()
    answering.page.reload()
    expect(place(answering)).to_have_value(SHORT)
    expect(answering.page.get_by_text("Restored your draft.")).to_be_visible()
    phone = Person(answering.site, new_page(width=360), "vera", "Vera Stein")
    phone.signs_in()
    phone.goes_to(topic_path)
    expect(place(phone)).to_have_value(SHORT)
    phone.page.get_by_role("button", name="Discard it").click()
    phone.goes_to(topic_path)
    expect(place(phone)).to_have_value("")


def test_what_was_typed_a_moment_before_a_crash_is_still_there(answering):
    place(answering).fill(SHORT)
    answering.page.reload()  # before the server has heard of it
    expect(place(answering)).to_have_value(SHORT)
    expect(answering.page.get_by_text("Restored your draft.")).to_be_visible()


def test_a_sent_draft_does_not_come_back(answering, topic_path):
    place(answering).fill(SHORT)
    expect(answering.page.get_by_text("Draft saved")).to_be_visible()
    answering.presses("Post your answer")
    expect(replies(answering)).to_have_count(1)
    answering.goes_to(topic_path)
    expect(place(answering)).to_have_value("")
    expect(answering.page.get_by_text("Restored your draft.")).to_be_hidden()


def test_a_session_that_ended_meanwhile_loses_nothing_and_sends_it_once(answering, topic_path):
    place(answering).fill(SHORT)
    other = answering.page.context.new_page()
    other.goto(answering.site.url)
    other.locator("details.menu > summary").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_text("You are signed out.")).to_be_visible()
    answering.presses("Post your answer")
    page = answering.page
    expect(page.get_by_text("Your session had ended. Nothing is lost")).to_be_visible()
    page.get_by_label("E-mail address or username").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    answering.presses("Sign in")
    expect(page.get_by_label("Text", exact=True)).to_have_value(SHORT)
    answering.presses("Send it again")
    expect(replies(answering)).to_have_count(1)
    answering.goes_to(topic_path)
    expect(replies(answering)).to_have_count(1)
    expect(place(answering)).to_have_value("")


def test_a_double_click_makes_one(answering, topic_path):
    place(answering).fill(SHORT)
    answering.page.get_by_role("button", name="Post your answer").dblclick()
    expect(replies(answering)).to_have_count(1)
    answering.goes_to(topic_path)
    expect(replies(answering)).to_have_count(1)


def test_posting_without_a_connection_keeps_the_page_and_is_done_when_it_is_back(answering):
    page = answering.page
    place(answering).fill(SHORT)
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.context.set_offline(True)
    answering.presses("Post your answer")
    expect(page.get_by_text("There is no connection right now. What you typed is kept here")).to_be_visible()
    expect(place(answering)).to_have_value(SHORT)
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is back.")).to_be_visible()
    answering.presses("Post your answer")
    expect(replies(answering)).to_have_count(1)


def test_the_network_going_away_keeps_the_text_until_it_is_back(answering, topic_path, watch):
    context = answering.page.context
    place(answering).fill("It")
    expect(answering.page.get_by_text("Draft saved")).to_be_visible()
    context.set_offline(True)
    place(answering).press_sequentially(" squeaks.")
    expect(answering.page.get_by_text("Draft kept on this device")).to_be_visible()
    expect(place(answering)).to_have_value("It squeaks.")
    answering.page.get_by_role("button", name="Post your answer").click(no_wait_after=True)
    answering.page.wait_for_timeout(300)
    context.set_offline(False)
    answering.goes_to(topic_path)
    expect(place(answering)).to_have_value("It squeaks.")
    answering.presses("Post your answer")
    expect(replies(answering, "It squeaks.")).to_have_count(1)
    watch.forget()


def test_words_that_are_selected_or_a_whole_reply_can_be_quoted(answering):
    answering.page.get_by_text("It squeaks when wet.").click(click_count=3)
    answering.page.get_by_role("button", name="Quote this").click()
    expect(place(answering)).to_have_value("@tom wrote:\n\n> It squeaks when wet.\n\n")
    place(answering).fill(SHORT)
    answering.presses("Post your answer")
    replies(answering).get_by_role("link", name="Quote").click()
    expect(place(answering)).to_have_value(f"@vera wrote:\n\n> {SHORT}\n\n")
    expect(place(answering)).to_be_focused()


def test_leaving_a_form_without_a_draft_asks_first(vera):
    vera.goes_to("/account/profile")
    asked = []
    vera.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    line = vera.page.get_by_label("A line about you")
    line.click()
    with vera.page.expect_response(re.compile(r"/guard[.\w-]*\.js")):
        line.press_sequentially("R")
    line.press_sequentially("ides to work.")  # a browser asks only somebody who has really typed
    with vera.page.expect_event("dialog"):
        vera.page.get_by_role("link", name="Forum").first.click(no_wait_after=True)
    assert asked == ["beforeunload"]
    assert urlsplit(vera.page.url).path == "/account/profile"
    vera.page.get_by_role("main").get_by_role("button").last.click()
    expect(vera.page).not_to_have_url(re.compile("/account/profile"))
    assert asked == ["beforeunload"]


def test_a_refused_post_shows_why_and_keeps_every_word(vera):
    vera.goes_to("/forum/repairs/new")
    vera.page.get_by_label("Text").fill(SHORT)
    vera.presses("Post your topic")
    expect(vera.page.get_by_role("alert")).to_contain_text("Please write a title.")
    expect(vera.page.get_by_label("Text")).to_have_value(SHORT)
    vera.page.get_by_role("alert").get_by_role("link", name="Title").click()
    expect(vera.page.get_by_label("Title")).to_be_focused()


def test_a_story_half_told_is_there_again(vera):
    vera.goes_to("/stories/new")
    vera.page.get_by_label("Title").fill("Two cars became one")
    vera.page.get_by_label("What changed?").fill("3,100 euros a year.")
    vera.page.wait_for_timeout(2000)
    vera.page.reload()
    expect(vera.page.get_by_label("Title")).to_have_value("Two cars became one")
    expect(vera.page.get_by_text("Restored your draft.")).to_be_visible()
    vera.presses("Discard it")
    vera.goes_to("/stories/new")
    expect(vera.page.get_by_label("Title")).to_have_value("")
