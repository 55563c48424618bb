"""Small disks that a test can fill, make read-only and mend: mounted where only the test's own servers see them."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.databases import ROOT
from tests.live import Site
from tests.media.samples import drawing, saved
from tests.system.people import ready, signed_in

NEEDED = "a mount namespace of its own, which this user may not make here"


class Room:
    """A mount namespace: `before` goes before a command that runs in it, `seen()` is a path as seen from outside."""

    def __init__(self) -> None:
        try:
            self._keeper = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", "echo here; exec cat"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except FileNotFoundError:
            pytest.skip(NEEDED)
        assert self._keeper.stdout is not None
        if self._keeper.stdout.readline() != b"here\n":
            pytest.skip(NEEDED)
        self.before = ["nsenter", f"--target={self._keeper.pid}", "--mount", f"--wd={ROOT}", "--"]

    def mount(self, folder: Path, size: str, how: str = "tmpfs") -> None:
        """A disk of `size` at `folder`; skips the test where that is not allowed."""
        folder.mkdir(parents=True, exist_ok=True)
        if not self.does("mount", "-t", how, "-o", f"size={size}", "none", str(folder)):
            pytest.skip(NEEDED)

    def does(self, *words: str) -> bool:
        """Run a command in the room; says whether it went well."""
        return subprocess.run([*self.before, *words], capture_output=True).returncode == 0

    def seen(self, path: Path) -> Path:
        """The same file, as a path for processes outside."""
        return Path(f"/proc/{self._keeper.pid}/root{path}")

    def fill(self, folder: Path, leave: int = 0) -> Path:
        """Let nothing (or `leave` bytes) be free on the disk at `folder`; returns the file to delete to make room."""
        ballast = self.seen(folder / "ballast")
        with ballast.open("ab", buffering=0) as file:
            free = os.statvfs(self.seen(folder))
            os.posix_fallocate(file.fileno(), 0, max(0, free.f_bavail * free.f_frsize - leave))
            piece = 65536
            while not leave and piece:
                try:
                    file.write(b"x" * piece)
                except OSError:
                    piece //= 2
        return ballast

    def close(self) -> None:
        """Everything mounted goes with the last process in it."""
        self._keeper.kill()
        self._keeper.communicate()


def pictures_wait_and_words_do_not(site: Site, topic: int, room: Room, pictures: Path) -> None:
    """What a running site does while the disk of its pictures alone is full, whatever its database."""
    writer = signed_in(site)
    ballast = room.fill(pictures)
    status, text = writer.upload("/pictures/", "file", saved(drawing()))
    assert (status, "Traceback" in text) == (503, False), text
    assert ready(site) == (503, {"status": "unavailable", "pictures": "full"})
    assert writer.post(f"/c/{topic}/reply", source="Words need no pictures.", submission_key="words")[0] == 303
    ballast.unlink()
    assert writer.upload("/pictures/", "file", saved(drawing()))[0] == 201
    assert ready(site)[0] == 200
