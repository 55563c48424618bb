"""Whatever a picture does to the program that decodes it, it costs that one file and nothing else."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from portal.media import cage
from portal.media.cage import CageFailure, CageLimits, run_in_cage
from portal.media.intake import Limits, PictureRefused, receive
from tests.media import samples

REAL = cage.PROGRAM
CLOSE = f"""
import json, os, runpy, socket, sys
it = runpy.run_path({str(REAL)!r}, run_name="cage")
options = json.loads(sys.argv[2])
it["close_the_cage"](options["memory"], options["seconds"], options["output"])
def tried(what):
    try:
        what()
    except Exception as error:
        return type(error).__name__
    return "done"
def answer(**facts):
    sys.stdout.buffer.write(json.dumps({{"facts": facts, "parts": []}}).encode() + b"\\n")
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`program(text)`: what runs in the cage from now on, once the cage is closed."""

    def write(text: str) -> None:
        path = tmp_path / "program.py"
        path.write_text(CLOSE + text)
        monkeypatch.setattr(cage, "PROGRAM", path)

    return write


def test_in_the_cage_no_file_socket_or_secret_is_to_be_had(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of the portal")
    program("answer(file=tried(lambda: open('/etc/passwd')), socket=tried(socket.socket), env=sorted(os.environ))")
    facts, _ = run_in_cage("clean", b"x")
    assert facts["file"] == "OSError"
    assert facts["socket"] == "OSError"
    assert "A_SECRET" not in facts["env"]


def test_more_memory_than_allowed_is_not_given(program: Any) -> None:
    program("answer(memory=tried(lambda: bytearray(700 << 20)))")
    assert run_in_cage("clean", b"x", CageLimits(memory=512 << 20))[0] == {"memory": "MemoryError"}


def test_a_decoder_that_never_ends_is_ended(program: Any) -> None:
    program("while True: pass")
    with pytest.raises(CageFailure, match="slow"):
        run_in_cage("clean", b"x", CageLimits(seconds=1))


def test_a_decoder_that_sleeps_is_ended(program: Any) -> None:
    program("import time; time.sleep(60)")
    with pytest.raises(CageFailure, match="slow"):
        run_in_cage("clean", b"x", CageLimits(seconds=1))


def test_what_a_decoder_started_ends_with_it(program: Any, tmp_path: Path) -> None:
    sign = tmp_path / "sign of life"
    # The limit on processes does not hold for root, so the child can have children in a test.
    program(
        f"""
if os.fork() == 0:
    import time
    os.close(2)
    time.sleep(1.5)
    os.mkdir({str(sign)!r})
    os._exit(0)
answer()"""
        if os.getuid() == 0
        else "answer()"
    )
    run_in_cage("clean", b"x")
    time.sleep(2)
    assert not sign.exists()


@pytest.mark.parametrize(
    "ending",
    [
        "os.abort()",
        "os._exit(0)",
        "sys.stdout.write('not json')",
        "answer(); sys.exit(3)",
        "sys.stdout.buffer.write(b'x' * (2 << 20))",
        """sys.stdout.write('{"facts": {}, "parts": [["master", 500]]}\\nshort')""",
        """sys.stdout.write('{"facts": 5, "parts": 7}\\n')""",
    ],
)
def test_a_crash_or_a_lie_is_a_refusal_with_a_sentence(program: Any, ending: str) -> None:
    program(ending)
    with pytest.raises(PictureRefused, match="damaged"):
        receive(samples.saved(samples.drawing()), Limits(cage=CageLimits(output=1 << 20)))


def test_an_answer_that_is_no_picture_is_not_believed(program: Any) -> None:
    program(
        """html = b'<script>alert(1)</script>'
sys.stdout.buffer.write(json.dumps({"facts": {"width": 5, "height": 5, "dhash": "0", "placeholder": ""},
    "parts": [["master", len(html)]]}).encode() + b"\\n" + html)"""
    )
    with pytest.raises(PictureRefused):
        receive(samples.saved(samples.drawing()))


def test_when_all_cages_are_taken_a_file_waits_and_then_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "PATIENCE", 0.05)
    with cage.AT_ONCE, cage.AT_ONCE, pytest.raises(PictureRefused, match="in a minute"):
        receive(samples.saved(samples.drawing()))
    assert receive(samples.saved(samples.drawing())).width == 360
