"""Looking at pictures in a real browser: the viewer by keys, fingers and address; a wall on which nothing jumps."""

import re

import pytest
from playwright.sync_api import expect

from tests import builders
from tests.media import samples

SHAPES = [(1200, 800), (600, 900), (2400, 500), (500, 1500), (900, 900), (1600, 900)]
SHIFT = """() => new Promise(done => {
    let sum = 0;
    const watch = new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; });
    watch.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 400);
})"""


@pytest.fixture(scope="module")
def exhibition(databases, tmp_path_factory):
    """A wall of twelve submissions; the newest but one has three pictures. `exhibition.paths`, the newest first."""
    from portal.activity import follow_up
    from portal.contributions.addresses import url_of
    from portal.db import writing
    from portal.media.commands import attach, receive_picture
    from tests.finding import author_of
    from tests.live import Site

    folder = tmp_path_factory.mktemp("exhibition")
    site = Site(databases.another(folder, "exhibition"), folder)
    with site.house() as app, app.test_request_context():
        files = [samples.saved(samples.drawing(shape), quality=60) for shape in SHAPES]
        with writing():
            shown = [builders.photo(title=f"Ride {n}", author=builders.member(verified=True)) for n in range(12)]
            for n, photo in enumerate(shown):
                alone = [receive_picture(author_of(photo), files[(n + k) % 6]) for k in range(3 if n == 10 else 1)]
                attach(photo, [p.token for p in alone], {p.token: f"View {k + 1}" for k, p in enumerate(alone)})
        while follow_up():
            pass
        site.paths = [url_of(photo) for photo in reversed(shown)]
    yield site.start()
    site.close()


def viewer(page):
    return page.get_by_role("dialog", name="Picture")


def shows(page, words, count=""):
    expect(viewer(page).locator(".viewer-words")).to_have_text(words)
    expect(viewer(page).locator(".viewer-count")).to_have_text(count)


def test_the_viewer_turns_by_keys_names_its_picture_in_the_address_and_gives_the_focus_back(exhibition, page):
    newest, path, older = exhibition.paths[:3]
    page.goto(exhibition.url + path)
    page.get_by_role("link", name="View 2").click()
    shows(page, "View 2", "2 of 3")
    expect(page).to_have_url(re.compile(f"{path}#picture-2$"))
    page.keyboard.press("ArrowRight")
    shows(page, "View 3", "3 of 3")
    expect(page).to_have_url(re.compile(f"{path}#picture-3$"))
    page.keyboard.press("Escape")
    expect(viewer(page)).to_be_hidden()
    expect(page).to_have_url(exhibition.url + path)
    expect(page.get_by_role("link", name="View 3")).to_be_focused()

    page.keyboard.press("Enter")
    shows(page, "View 3", "3 of 3")
    expect(viewer(page).get_by_role("button", name="Next submission: Ride 9")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"{older}#picture-1$"))
    shows(page, "View 1")
    page.keyboard.press("ArrowLeft")
    shows(page, "View 3", "3 of 3")  # of the submission before it, its last
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(f"{newest}#picture-1$"))


def test_a_link_to_one_picture_opens_it_and_the_way_to_the_replies_closes_it(exhibition, page):
    path = exhibition.paths[1]
    page.goto(f"{exhibition.url}{path}?picture=2")
    shows(page, "View 2", "2 of 3")
    viewer(page).get_by_role("link", name="Reply").click()
    expect(viewer(page)).to_be_hidden()
    expect(page).to_have_url(re.compile("#replies$"))


def scale(page):
    matrix = viewer(page).locator(".viewer-picture").evaluate("e => getComputedStyle(e).transform")
    return 1.0 if matrix == "none" else float(matrix.split("(")[1].split(",")[0])


def test_a_picture_grows_by_keys_and_double_click_and_is_moved_about(exhibition, page):
    page.goto(f"{exhibition.url}{exhibition.paths[1]}#picture-1")
    shows(page, "View 1", "1 of 3")
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(2.56)
    before = viewer(page).locator(".viewer-picture").bounding_box()
    page.keyboard.press("ArrowRight")  # moves the picture while it is large
    shows(page, "View 1", "1 of 3")
    assert viewer(page).locator(".viewer-picture").bounding_box()["x"] < before["x"]
    page.keyboard.press("0")
    assert scale(page) == 1
    page.mouse.dblclick(640, 400)
    assert scale(page) == pytest.approx(2.5)
    page.mouse.move(640, 400)
    page.mouse.down()
    page.mouse.move(900, 420, steps=4)  # pulled, not swiped
    page.mouse.up()
    shows(page, "View 1", "1 of 3")
    page.mouse.dblclick(640, 400)
    assert scale(page) == 1
    viewer(page).get_by_role("button", name="Larger").click()
    page.keyboard.press("End")
    shows(page, "View 3", "3 of 3")
    assert scale(page) == 1


def test_keys_reach_an_open_picture_wherever_the_focus_is(exhibition, page):
    page.goto(f"{exhibition.url}{exhibition.paths[1]}#picture-1")
    shows(page, "View 1", "1 of 3")
    page.evaluate("document.activeElement.blur()")  # as a browser does that goes to what the address names
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(1.6)
    page.keyboard.press("Escape")
    expect(viewer(page)).to_be_hidden()
    page.keyboard.press("End")
    expect(viewer(page)).to_be_hidden()
    expect(page).not_to_have_url(re.compile("#picture"))


def test_a_picture_whose_viewer_cannot_be_fetched_opens_as_a_file_and_the_next_touch_tries_again(
    exhibition, page, watch
):
    lost = re.compile(r"/viewer[.\w-]*\.js")
    page.route(lost, lambda route: route.abort())
    page.goto(exhibition.url + exhibition.paths[1])
    picture = page.get_by_role("link", name="View 2")
    picture.click()
    expect(page).to_have_url(re.compile(r"\.jpg$|/pictures/"))
    page.go_back()
    watch.forget()  # how a browser lays out a file alone, which our policy does not care for
    page.unroute(lost)
    page.get_by_role("link", name="View 2").click()
    shows(page, "View 2", "2 of 3")


def test_fingers_swipe_and_pinch(exhibition, new_page):
    page = new_page(width=360, has_touch=True, is_mobile=True)
    page.goto(f"{exhibition.url}{exhibition.paths[1]}#picture-1")
    shows(page, "View 1", "1 of 3")
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *points):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (300, 350))
    for x in (240, 160, 80):
        touch("touchMove", (x, 352))
    touch("touchEnd")
    shows(page, "View 2", "2 of 3")
    touch("touchStart", (160, 350), (200, 350))
    for away in (20, 40, 60):
        touch("touchMove", (160 - away, 350), (200 + away, 350))
    touch("touchEnd")
    assert scale(page) == pytest.approx(4, abs=0.2)
    touch("touchStart", (300, 350))
    touch("touchMove", (80, 350))
    touch("touchEnd")
    shows(page, "View 2", "2 of 3")


def test_without_scripts_a_link_to_a_picture_leads_to_it_and_the_picture_to_its_file(exhibition, javascript_off):
    page = javascript_off()
    page.goto(f"{exhibition.url}{exhibition.paths[1]}?picture=3")
    expect(page).to_have_url(re.compile("#picture-3$"))
    picture = page.get_by_role("link", name="View 3")
    expect(picture).to_be_in_viewport()
    assert page.request.get(picture.evaluate("link => link.href")).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_on_the_wall(exhibition, new_page, width):
    page = new_page(width=width)
    page.goto(f"{exhibition.url}/photos/")
    page.wait_for_load_state("networkidle")
    for _ in range(4):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(120)
    assert page.evaluate(SHIFT) < 0.01
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [li.bounding_box() for li in page.locator(".wall-item").all()]
    assert len(boxes) == 12
    for top in {round(box["y"]) for box in boxes}:  # every row is as high as each of its pictures
        heights = [box["height"] for box in boxes if round(box["y"]) == top]
        links = [h for h in heights if abs(h - heights[0]) > 1.5]
        assert not links, heights
