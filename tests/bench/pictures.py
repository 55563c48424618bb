"""How long pictures take and what they weigh, as ratios; `python -m tests.bench.pictures [FILE…]`."""

import os
import resource
import runpy
import shutil
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
from portal.media.derivatives import derive, widths_for
from portal.media.intake import CleanPicture, receive, sniff
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
    program["register_heif_opener"]()
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
    sizes, files = median(lambda: derive(clean.master, clean.width))
    bare, _ = median(lambda: without_cage(program, data, clean))
    print(f"{name}: {len(data):,} bytes in, kept {clean.width} × {clean.height}")
    cost = (intake + sizes) / bare
    print(f"  intake {intake:.2f} s, all sizes {sizes:.2f} s; in the cage × {cost:.2f} of the same outside")
    with tempfile.TemporaryDirectory() as folder:
        if vips := shutil.which("vipsthumbnail"):
            by_vips, _ = median(lambda: with_vips(vips, data, clean, Path(folder)))
            print(f"  × {(intake + sizes) / by_vips:.2f} of libvips for the same files")
    for width in widths_for(clean.width):
        webp, jpeg = len(files[f"{width}.webp"]), len(files[f"{width}.jpg"])
        print(f"  {width:>5} px  WebP {webp:>9,}  JPEG {jpeg:>9,}  WebP/JPEG × {webp / jpeg:.2f}")
    total = len(clean.master) + sum(map(len, files.values()))
    print(f"  kept in all {total:,} bytes, × {total / len(data):.2f} of what was sent\n")


def without_cage(program: dict[str, Any], data: bytes, clean: CleanPicture) -> None:
    """The same work by the same program, in this process."""
    _, parts = program["clean"](data, {**OPTIONS, "format": sniff(data)})
    widths = {"widths": widths_for(clean.width), "format": sniff(parts["master"])}
    program["derive"](parts["master"], {**OPTIONS, **widths})


def with_vips(vips: str, data: bytes, clean: CleanPicture, folder: Path) -> None:
    """The same sizes and formats by libvips' command line."""
    source = folder / "source"
    source.write_bytes(data)
    for width in widths_for(clean.width):
        for form in (f"{width}.webp[Q=75,strip]", f"{width}.jpg[Q=80,strip,interlace]"):
            command = [vips, str(source), "--size", f"{width}x", "--export-profile", "srgb", "-o", str(folder / form)]
            subprocess.run(command, check=True, capture_output=True)


def several(data: bytes) -> None:
    """Four pictures at once, as a form of several sends them, and the largest process that came of it."""
    with timed() as spent, ThreadPoolExecutor(4) as pool:
        list(pool.map(receive, [data] * 4))
    alone, _ = median(lambda: receive(data))
    used = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    print(f"four at once on {os.cpu_count()} cores: × {spent[0] / (4 * alone):.2f} of one after the other")
    print(f"the largest child used {used[0]:.0f} MB; this process {used[1]:.0f} MB")


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


if __name__ == "__main__":
    main(sys.argv[1:])
