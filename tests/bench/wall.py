"""What a wall of 100 photos costs in a real browser: bytes, requests, jumps; `python -m tests.bench.wall`."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter
from playwright.sync_api import Page, sync_playwright

from portal.media.intake import CleanPicture, receive
from tests import builders
from tests.live import Site
from tests.media import samples

PHOTOS = 100
SHAPES = ((1600, 1200), (1200, 1600), (1600, 900), (1200, 1200), (1500, 1000), (900, 1600), (1600, 700))
SCREENS = ((360, 800), (1280, 900))
MOST_SHIFT = 0.01
STEP, PAUSE = 120, 60
"""Pixels, and milliseconds between: slowly enough for every picture to load in view."""
LISTEN = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


@dataclass
class Cost:
    """What was loaded, and how far what was there already moved (cumulative layout shift)."""

    bytes: int = 0
    requests: int = 0
    pictures: int = 0
    shift: float = 0.0


def main() -> None:
    """Build a site with so many photos, walk along its wall on a phone and on a screen, print what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(f"sqlite:///{folder}/portal.sqlite3", Path(folder))
        try:
            site.command("migrate")
            hang(site)
            site.start()
            for width, height in SCREENS:
                report(site, width, height)
        finally:
            site.close()


def hang(site: Site) -> None:
    """Publish the photos, each drawn in one of several shapes, and make every size of them."""
    from portal import activity
    from portal.media import commands

    with ThreadPoolExecutor(2) as pool, site.house():
        authors = [builders.member() for _ in range(10)]
        for number, clean in enumerate(pool.map(received, range(PHOTOS))):
            author = authors[number % len(authors)]
            picture = commands.keep_picture(author, commands.Prepared(clean))
            shown = builders.photo(author, state="draft")
            commands.attach(shown, [picture.token], {picture.token: f"Drawing number {number}"})
            builders.bring(shown, "published")
    with site.house():
        activity.follow_up()


def received(number: int) -> CleanPicture:
    """A photo, taken in as the portal does."""
    return receive(photo(number))


def photo(number: int) -> bytes:
    """A drawing with grain, unlike its neighbours, that compresses about as a photo does."""
    size = SHAPES[number % len(SHAPES)]
    image = samples.drawing((size[0] // 4, size[1] // 4)).rotate(number * 3.6).resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 24).filter(ImageFilter.GaussianBlur(1))
    return samples.saved(Image.blend(image, Image.merge("RGB", [grain] * 3), 0.25), quality=90)


def report(site: Site, width: int, height: int) -> None:
    """Walk along the whole wall, page by page, with an empty cache, and print the cost."""
    walked = list(walk(site, width, height))
    total = Cost(*(sum(getattr(cost, name) for cost in walked) for name in ("bytes", "requests", "pictures")))
    worst = max(cost.shift for cost in walked)
    print(
        f"wall at {width} px: {total.pictures} photos on {len(walked)} pages, {total.bytes:,} bytes, "
        f"{total.requests} requests; the first page {walked[0].bytes:,} bytes, {walked[0].requests} requests, "
        f"{walked[0].pictures} photos"
    )
    print(f"  cumulative layout shift {worst:.4f} on the worst page: {'kept' if worst < MOST_SHIFT else 'BROKEN'}")


def walk(site: Site, width: int, height: int) -> Iterator[Cost]:
    """The cost of each page of the wall, scrolled slowly to its end."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.add_init_script(LISTEN)
        loaded: dict[str, int] = {"bytes": 0, "requests": 0}
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: _count(loaded, event))
        address: str | None = f"{site.url}/photos/"
        while address:
            before = dict(loaded)
            page.goto(address, wait_until="networkidle")
            scroll(page)
            pictures = page.locator(".wall-item").count()
            shift = page.evaluate("window.shifted")
            yield Cost(loaded["bytes"] - before["bytes"], loaded["requests"] - before["requests"], pictures, shift)
            further = page.locator("a[rel=next]")
            address = site.url + str(further.first.get_attribute("href")) if further.count() else None
        browser.close()


def scroll(page: Page) -> None:
    """To the end in small steps; everything that came into view has loaded afterwards."""
    while page.evaluate(f"(scrollBy(0, {STEP}), scrollY + innerHeight < document.documentElement.scrollHeight - 1)"):
        page.wait_for_timeout(PAUSE)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def _count(loaded: dict[str, int], event: dict[str, Any]) -> None:
    loaded["bytes"] += int(event["encodedDataLength"])
    loaded["requests"] += 1


if __name__ == "__main__":
    main()
