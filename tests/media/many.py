"""In one cage, many files after one another through the very code that takes in one: run by `fuzz.py` alone."""

import json
import runpy
import sys
from typing import Any


def main() -> None:
    """The files come one after the other on standard input, their lengths and kinds in the order."""
    order = json.loads(sys.argv[2])
    it = runpy.run_path(order["decode"], run_name="cage")
    it["prepare"](order)
    data = sys.stdin.buffer.read()
    it["close_the_cage"](order["memory"], order["seconds"], order["output"], threads=order["threads"])
    heads: list[dict[str, Any]] = []
    blobs: list[tuple[str, bytes]] = []
    at = 0
    for number, (length, kind) in enumerate(order["files"]):
        head, parts = it["answer"]("clean", data[at : at + length], {**order, "format": kind})
        at += length
        heads.append(head)
        blobs += [(f"{number}/{name}", blob) for name, blob in parts.items()]
    said = {"facts": {"heads": heads}, "parts": [(name, len(blob)) for name, blob in blobs]}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + b"".join(blob for _, blob in blobs))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
