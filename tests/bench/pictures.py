"""How long pictures take and what they weigh, as ratios; `python -m tests.bench.pictures [FILE…]`."""

import os
import resource
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

from portal.media import cage
from portal.media.derivatives import derive
from portal.media.intake import CleanPicture, receive, sniff
from portal.media.ladder import first_widths, widths_for
from tests.media import samples

ROUNDS = 3
OPTIONS = {"max_pixels": 40_000_000, "max_edge": 2560}


def main(paths: list[str]) -> None:
    """Print everything for the given files, or for a drawn picture of 12 megapixels and the real ones at hand."""
    given = [(Path(path).name, Path(path).read_bytes()) for path in paths]
    pictures = given or [("drawn, 12 MP JPEG", photo_like((4000, 3000))), *real_ones()]
    start, _ = median(lambda: receive(samples.saved(Image.new("RGB", (8, 8)))))
    print(f"a cage costs {start * 1000:.0f} ms to start and leave (8 × 8 pixels)\n")
    program = runpy.run_path(str(cage.PROGRAM))
    program["prepare"](OPTIONS)
    for name, data in pictures:
        report(name, data, program)
    several(pictures[0][1])


def photo_like(size: tuple[int, int]) -> bytes:
    """A JPEG of that size with soft shapes and grain, which compresses about as a photo does."""
    image = samples.drawing((size[0] // 8, size[1] // 8)).resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 24).filter(ImageFilter.GaussianBlur(1))
    return samples.saved(Image.blend(image, Image.merge("RGB", [grain] * 3), 0.25), quality=92)


def real_ones() -> Iterator[tuple[str, bytes]]:
    """One of each folder beside the project, if they are there."""
    for folder in sorted(samples.SHARED.glob("*/")):
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".heic"))
        if files:
            yield f"{folder.name}/{files[0].name}", files[0].read_bytes()


def report(name: str, data: bytes, program: dict[str, Any]) -> None:
    """Times of one picture, in the cage and out of it and by libvips; the bytes of each size."""
    intake, clean = median(lambda: receive(data))
    rest = [width for width in widths_for(clean.width) if width not in first_widths(clean.width)]
    sizes, files = median(lambda: {**clean.first_sizes, **(derive(clean.master, clean.width, rest) if rest else {})})
    bare, _ = median(lambda: without_cage(program, data, clean))
    print(f"{name}: {len(data):,} bytes in, kept {clean.width} × {clean.height}")
    cost = (intake + sizes) / bare
    print(f"  the member waits {intake:.2f} s, the worker makes the rest in {sizes:.2f} s; ", end="")
    print(f"× {cost:.2f} of the same outside the cage")
    beside_libvips(data)
    for width in widths_for(clean.width):
        webp, jpeg = len(files[f"{width}.webp"]), len(files[f"{width}.jpg"])
        print(f"  {width:>5} px  WebP {webp:>9,}  JPEG {jpeg:>9,}  WebP/JPEG × {webp / jpeg:.2f}")
    total = len(clean.master) + sum(map(len, files.values()))
    print(f"  kept in all {total:,} bytes, × {total / len(data):.2f} of what was sent\n")


def without_cage(program: dict[str, Any], data: bytes, clean: CleanPicture) -> None:
    """The same work by the same program, in this process."""
    _, parts = program["clean"](data, {**OPTIONS, "format": sniff(data)})
    rest = [width for width in widths_for(clean.width) if width not in first_widths(clean.width)]
    widths = {"widths": rest, "format": sniff(parts["master"])}
    program["derive"](parts["master"], {**OPTIONS, **widths})


def beside_libvips(data: bytes) -> None:
    """The same master, sizes, formats and qualities by us and by libvips, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.write_bytes(data)
        found = {}
        for who in ("ours", "libvips"):
            said = [one_by(who, source) for _ in range(ROUNDS)]
            found[who] = statistics.median(s for s, _ in said), max(mb for _, mb in said)
    if not found["libvips"][0]:
        print("  libvips can't read it here")
        return
    (seconds, memory), (their_seconds, their_memory) = found["ours"], found["libvips"]
    print(f"  to all derivatives: {seconds:.2f} s and {memory:.0f} MB at the most, child processes included;")
    print(f"  libvips {their_seconds:.2f} s and {their_memory:.0f} MB: ", end="")
    print(f"× {seconds / their_seconds:.2f} of its time, × {memory / their_memory:.2f} of its memory")


def one_by(who: str, source: Path) -> tuple[float, float]:
    """Seconds, and the largest process in MB, of one picture to all derivatives; 0 where it can't be read."""
    command = [sys.executable, "-m", "tests.bench.pictures", f"--{who}", str(source)]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds, memory = said.stdout.split() if said.returncode == 0 else ("0", "0")
    return float(seconds), float(memory)


def by_us(data: bytes) -> None:
    """As in production, one after the other: taken in, then the rest."""
    clean = receive(data)
    if rest := [width for width in widths_for(clean.width) if width not in first_widths(clean.width)]:
        derive(clean.master, clean.width, rest)


def by_libvips(data: bytes) -> None:
    """What `by_us` makes, in the library that is known for being fast and small: upright, sRGB, nothing but pixels."""
    import pyvips

    whole = pyvips.Image.thumbnail_buffer(data, 2560, height=2560, size="down", export_profile="srgb").copy_memory()
    master = whole.jpegsave_buffer(Q=95, keep="none", optimize_coding=True, subsample_mode="off")
    for width in widths_for(whole.width):
        image = pyvips.Image.thumbnail_buffer(master, width, height=10_000_000).copy_memory()
        high, effort = width == whole.width, 2 if image.width * image.height > 1_500_000 else 4
        image.webpsave_buffer(Q=93 if high else 75, effort=effort, keep="none")
        image.jpegsave_buffer(Q=93 if high else 80, interlace=True, keep="none")


def several(data: bytes) -> None:
    """Four pictures at once, as a form of several sends them, and the largest process that came of it."""
    with timed() as spent, ThreadPoolExecutor(4) as pool:
        list(pool.map(receive, [data] * 4))
    alone, _ = median(lambda: receive(data))
    used = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    print(f"four at once on {os.cpu_count()} cores: × {spent[0] / (4 * alone):.2f} of one after the other")
    print(f"the largest cage used {used[0]:.0f} MB; this process {used[1]:.0f} MB")


def median(work: Callable[[], Any]) -> tuple[float, Any]:
    """The median seconds of a few rounds, and what the last one gave."""
    times, result = [], None
    for _ in range(ROUNDS):
        with timed() as spent:
            result = work()
        times.append(spent[0])
    return statistics.median(times), result


@contextmanager
def timed() -> Iterator[list[float]]:
    """The seconds its block took, in the list it gives."""
    spent: list[float] = []
    start = time.perf_counter()
    yield spent
    spent.append(time.perf_counter() - start)


def measured(work: Callable[[bytes], None], source: str) -> None:
    """Print seconds and megabytes of one picture by one of the two."""
    data = Path(source).read_bytes()
    with timed() as spent:
        work(data)
    used = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    print(spent[0], max(used))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--ours", path]:
            measured(by_us, path)
        case ["--libvips", path]:
            measured(by_libvips, path)
        case paths:
            main(paths)
