"""Mutated pictures by the thousand through intake; `python -m tests.media.fuzz --count 10000 --seed 1`."""

import argparse
import io
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pillow_heif import from_pillow

from portal.media import cage
from portal.media.cage import CageFailure, CageLimits, run_in_cage
from portal.media.intake import Limits, PictureRefused, _checked, receive, sniff
from tests.media import samples

AT_ONCE = 25
TELLING = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
DECODE = cage.PROGRAM


def seeds() -> list[bytes]:
    """Small sound files of every kind that is taken, in their variants."""
    small, glass = samples.drawing((96, 64)), samples.drawing((96, 64), "RGBA")
    glass.putalpha(120)
    heic = io.BytesIO()
    from_pillow(small).save(heic)
    return [
        samples.saved(small),
        samples.saved(small, progressive=True, quality=60),
        samples.saved(small.convert("CMYK")),
        samples.saved(small.convert("L")),
        samples.with_every_kind_of_metadata(),
        samples.saved(small, "PNG"),
        samples.saved(glass, "PNG"),
        samples.saved(small.convert("P"), "PNG"),
        samples.saved(small.convert("I;16"), "PNG"),
        samples.saved(small, "GIF"),
        samples.animated_gif(4),
        samples.saved(small, "WEBP"),
        samples.saved(glass, "WEBP", lossless=True),
        *samples.animated_others(3).values(),
        samples.saved(small, "AVIF"),
        heic.getvalue(),
    ]


def mutated(dice: random.Random, whole: Sequence[bytes]) -> bytes:
    """One of these files, damaged in one to eight ways; now and then spliced with another."""
    data = bytearray(dice.choice(whole))
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        at, length = dice.randrange(len(data)), dice.randint(1, 32)
        match dice.randrange(8):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at] = dice.choice(TELLING)
            case 2:
                data[at : at + 4] = dice.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\0\1\0\0"))
            case 3:
                data[at : at + length] = dice.randbytes(length)
            case 4:
                del data[at : at + length]
            case 5:
                data[at:at] = data[at : at + length]
            case 6:
                other = dice.choice(whole)
                cut = dice.randrange(len(other))
                data[at : at + length] = other[cut : cut + length]
            case 7:
                del data[max(16, at) :]
        if len(data) < 16:
            break
    return bytes(data)


def run(count: int, seed: int) -> Counter[str]:
    """How `count` mutated files ended: `taken`, or the reason of the refusal.

    Raises AssertionError for one that came out with anything but pixels, and for whatever intake
    raises that is no sentence.
    """
    dice, whole, ends = random.Random(seed), seeds(), Counter[str]()
    for start in range(0, count, AT_ONCE):
        files = [mutated(dice, whole) for _ in range(min(AT_ONCE, count - start))]
        for threads in (False, True):  # one kind is decoded with threads
            some = [data for data in files if sniff(data) is not None and (sniff(data) == "HEIF") == threads]
            ends.update(several(some, threads))
        ends["format"] += sum(sniff(data) is None for data in files)
    return +ends


def several(files: Sequence[bytes], threads: bool) -> Iterator[str]:
    """How each of many ended in one cage; if that ends with one of them, each has a cage to itself, as in production.

    All must be of accepted kinds; `threads` for HEIC. Raises AssertionError like `run`.
    """
    if not files:
        return
    limits = Limits()
    kinds = [str(sniff(data)) for data in files]
    cage.PROGRAM = Path(__file__).with_name("many.py")
    try:
        facts, blobs = run_in_cage(
            "clean", b"".join(files), CageLimits(seconds=60, output=512 << 20), decode=str(DECODE), threads=threads,
            files=[(len(data), kind) for data, kind in zip(files, kinds, strict=True)],
            max_pixels=limits.max_pixels, max_edge=limits.max_edge,
        )  # fmt: skip
    except CageFailure as failure:
        cage.PROGRAM = DECODE
        yield f"(cages that ended: {failure.reason})"
        yield from (_alone(data) for data in files)
        return
    finally:
        cage.PROGRAM = DECODE
    for number, (head, data, kind) in enumerate(zip(facts["heads"], files, kinds, strict=True)):
        if "refused" in head:
            yield str(head["refused"])
            continue
        parts = {n.partition("/")[2]: blob for n, blob in blobs.items() if n.startswith(f"{number}/")}
        clean = _checked(head["facts"], parts, data, kind, limits)
        _holds_only_pixels(clean.master, clean.animation, *clean.first_sizes.values())
        yield "taken"


def _alone(data: bytes) -> str:
    started = time.monotonic()
    try:
        clean = receive(data)
    except PictureRefused as refused:
        return refused.reason
    finally:
        assert time.monotonic() - started < 60
    _holds_only_pixels(clean.master, clean.animation, *clean.first_sizes.values())
    return "taken"


def _holds_only_pixels(*files: bytes | None) -> None:
    for data in files:
        if data is not None:
            assert samples.holds_only_pixels(data)
            assert not any(word in data for word in samples.SECRETS)


def main() -> None:
    """Print how they ended, and how long it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    started = time.monotonic()
    ends = run(given.count, given.seed)
    for end, number in ends.most_common():
        print(f"{number:>8,}  {end}")
    print(f"{given.count:,} files, seed {given.seed}, {time.monotonic() - started:.0f} s; nothing came out unencoded")


if __name__ == "__main__":
    main()
