"""The bars of the cage: gives up, for good, what decoding a picture does not need. Loaded by `decode.py` alone.

Three independent rings: limits on resources; for root, another user without any right; and, where
the kernel offers it, a filter that lets through only the system calls named here (seccomp-BPF, see
the kernel's Documentation/userspace-api/seccomp_filter.rst).
"""

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys

NOBODY = 65534
PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
CLONE_THREAD = 0x10000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""BPF: load a word of the call's description; jump if equal, at least, any bit in common; end."""

# Memory, threads waiting for each other, reading and writing what is open, the clock, dying. Nothing that
# opens, connects, starts, signals or changes a limit.
CALLS = {
    "x86_64": (0xC000003E, 56, 435, (
        0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 24, 25, 28, 35, 39, 60, 96, 131, 186, 202, 204, 219, 228,
        230, 231, 273, 318, 334,
    )),
    "aarch64": (0xC00000B7, 220, 435, (
        63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 65, 66, 124, 216, 233, 101, 172, 93, 169, 132, 178, 98,
        123, 128, 113, 115, 94, 99, 278, 293,
    )),
}  # fmt: skip
"""By machine: its number as an audit architecture, clone, clone3, and: read, write, close, fstat, lseek, mmap,
mprotect, munmap, brk, rt_sigaction, rt_sigprocmask, rt_sigreturn, readv, writev, sched_yield, mremap, madvise,
nanosleep, getpid, exit, gettimeofday, sigaltstack, gettid, futex, sched_getaffinity, restart_syscall,
clock_gettime, clock_nanosleep, exit_group, set_robust_list, getrandom, rseq."""


def close_the_cage(memory: int, seconds: int, output: int, threads: bool = False) -> list[str]:
    """Shut the calling process in: bytes of memory and of a file written, seconds of processor, no new process.

    `threads` lets it start threads. Returns which rings this system would not give, in words; the
    limits themselves raise OSError or ValueError when they are refused.
    """
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # should the machine run out of memory, this process goes and not the portal
    lacking = [] if _become_nobody() else ["it runs as root"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    if not threads:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if not _filter_calls(threads):
        lacking.append("this system has no filter of system calls")
    return lacking


def _become_nobody() -> bool:
    """For root, who could raise every limit again: go on as nobody. Whoever is not root keeps being that."""
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except (OSError, AttributeError):
        return False
    return True


def _filter_calls(threads: bool) -> bool:
    """Let only CALLS through, and threads if asked; everything else finds that it is not permitted."""
    known = CALLS.get(platform.machine())
    if known is None or not sys.platform.startswith("linux") or sys.maxsize < 2**32:
        return False
    code = ctypes.create_string_buffer(_program(*known, threads=threads))
    program = struct.pack("HxxxxxxP", (len(code) - 1) // 8, ctypes.addressof(code))
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    given = ctypes.create_string_buffer(program)
    return bool(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(given), 0, 0) == 0)


def _program(machine: int, clone: int, clone3: int, calls: tuple[int, ...], *, threads: bool) -> bytes:
    """The filter: struct seccomp_data has the call's number at 0, the machine at 4, the first argument at 16."""
    lines = [
        (LOAD, 0, 0, 4), (EQUAL, 1, 0, machine), (RETURN, 0, 0, KILL),  # another machine's numbers mean other things
        (LOAD, 0, 0, 0), (AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, REFUSE | EPERM),  # so do those of x32
    ]  # fmt: skip
    for call in calls:
        lines += [(EQUAL, 0, 1, call), (RETURN, 0, 0, ALLOW)]
    # The arguments of clone3 are out of a filter's sight; told that there is none, the C library takes clone.
    lines += [(EQUAL, 0, 1, clone3), (RETURN, 0, 0, REFUSE | ENOSYS)]
    if threads:
        lines += [(EQUAL, 0, 3, clone), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, CLONE_THREAD), (RETURN, 0, 0, ALLOW)]
    lines.append((RETURN, 0, 0, REFUSE | EPERM))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
