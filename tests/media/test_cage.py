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
LOAD = f"""
import ctypes, json, os, resource, runpy, signal, socket, subprocess, sys, threading
it = runpy.run_path({str(REAL)!r}, run_name="cage")
options = json.loads(sys.argv[2])
def tried(what):
    try:
        what()
    except (Exception, SystemExit) as error:
        return type(error).__name__
    return "done"
def answer(**facts):
    sys.stdout.buffer.write(json.dumps({{"facts": facts, "parts": []}}).encode() + b"\\n")
"""
CLOSE = """
lacking = it["close_the_cage"](options["memory"], options["seconds"], options["output"], options.get("threads", False))
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`program(text)`: what runs in the cage from now on, once the cage is closed."""

    def write(text: str, before: str = "") -> None:
        path = tmp_path / "program.py"
        path.write_text(LOAD + before + CLOSE + text)
        monkeypatch.setattr(cage, "PROGRAM", path)

    return write


def test_in_the_cage_no_file_socket_or_secret_is_to_be_had(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of the portal")
    program("answer(file=tried(lambda: open('/etc/passwd')), socket=tried(socket.socket), env=sorted(os.environ))")
    facts, _ = run_in_cage("clean", b"x")
    assert facts["file"] == "PermissionError"
    assert facts["socket"] == "PermissionError"
    assert "A_SECRET" not in facts["env"]


BARRED = {
    "a file to read": "open('/etc/passwd')",
    "a file to write": "open('/tmp/x', 'w')",
    "a name in a folder": "os.mkdir('/tmp/caged')",
    "what is in a folder": "os.listdir('/')",
    "a file taken away": "os.unlink('/tmp/x')",
    "a socket": "socket.socket()",
    "a pair of sockets": "socket.socketpair()",
    "a pipe": "os.pipe()",
    "a process": "os.fork()",
    "a program": "os.execv('/bin/true', ['true'])",
    "a program in a process": "subprocess.run(['/bin/true'])",
    "a thread": "threading.Thread(target=print).start()",
    "a signal to the one who asked": "os.kill(os.getppid(), 0)",
    "a look into another process": "libc(16, os.getppid(), 0, 0)",
    "more memory": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "more files": "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
    "more time": "resource.setrlimit(resource.RLIMIT_CPU, (900, 900))",
    "another user": "os.setuid(0)",
    "another root": "os.chroot('/tmp')",
}
"""What a decoder that was taken over would want; each must fail."""


def test_what_a_decoder_never_needs_is_barred(program: Any) -> None:
    program(
        f"""
def libc(*what):
    if ctypes.CDLL(None).ptrace(*what) == -1:
        raise PermissionError
got = {{what: tried(eval("lambda: " + how)) for what, how in {BARRED!r}.items()}}
answer(got=got, lacking=lacking)"""
    )
    facts, _ = run_in_cage("clean", b"x")
    assert facts["lacking"] == []
    assert {what: error for what, error in facts["got"].items() if error in ("done", "NameError")} == {}


def test_root_becomes_nobody_for_good(program: Any) -> None:
    program(
        "answer(users=os.getresuid(), groups=os.getgroups(), back=tried(lambda: os.setuid(0)))",
        before="it['close_the_cage'].__globals__['CALLS'].clear()\n",
    )
    facts, _ = run_in_cage("clean", b"x")
    if os.getuid() == 0:
        assert facts == {"users": [65534] * 3, "groups": [], "back": "PermissionError"}
    else:
        assert facts["back"] == "PermissionError"


def test_threads_are_given_to_the_one_format_that_wants_them_and_processes_are_not(program: Any) -> None:
    program("answer(thread=tried(lambda: threading.Thread(target=int).start()), process=tried(os.fork))")
    facts, _ = run_in_cage("clean", b"x", threads=True)
    assert facts == {"thread": "done", "process": "PermissionError"}


def test_where_the_kernel_has_no_filter_the_limits_hold_and_it_is_said_once(
    program: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cage, "_lacking", set())
    program(
        """file = tried(lambda: open('/etc/passwd'))
limit = tried(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
head = {"facts": {"file": file, "limit": limit}, "parts": [], "lacking": lacking}
sys.stdout.buffer.write(json.dumps(head).encode())""",
        before="it['close_the_cage'].__globals__['CALLS'].clear()\n",
    )
    for _ in range(2):
        facts, _ = run_in_cage("clean", b"x")
    assert facts["file"] == "OSError"
    assert facts["limit"] != "done"
    assert len([line for line in caplog.messages if "no filter of system calls" in line]) == 1


def test_this_machine_gives_the_cage_all_its_bars() -> None:
    assert cage.lacking() == []


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
    program(
        "answer()",
        before=f"""
if os.fork() == 0:
    import time
    os.close(2)
    time.sleep(1.5)
    os.mkdir({str(sign)!r})
    os._exit(0)
""",
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
