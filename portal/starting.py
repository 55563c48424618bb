"""Starting fast and small: the application is built once, and every process of the group is a copy of that one."""

import ctypes
import gc
import logging
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from flask import Flask
from sqlalchemy.orm import configure_mappers

log = logging.getLogger(__name__)

TARGET = "wsgi:app"
RESTART_SECONDS = 3.0
END_SECONDS = 20.0
M_ARENA_MAX = -8
"""Of glibc's mallopt."""


def one_heap() -> None:
    """Let all threads of this process, and of its copies, have one heap: by its own rule the system's memory allocator
    gives each thread another, and what one frees the others cannot use. It cost a fifth of a web process."""
    with suppress(OSError, AttributeError):  # an allocator that has no such rule
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


@contextmanager
def building() -> Iterator[None]:
    """A block whose objects stay: nobody looks for garbage in them, in it or ever after.

    Looking is a third of the time that a start takes, and it would write to memory that copies share.
    """
    one_heap()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def the_app() -> Flask:
    """The application as the web server finds it; made at the first call, here or in the process this is a copy of."""
    import wsgi

    return wsgi.app


def warm(app: Flask) -> None:
    """Do what the first request to each process would do, once for all of them."""
    from portal.search.followers import the_engine

    configure_mappers()
    with app.app_context():
        the_engine()
    for layout in ("layouts/base.html", "shared/thread.html"):
        app.jinja_env.get_template(layout)


def share(app: Flask) -> None:
    """Let the processes that follow be copies of this one, where the system does that well: on Linux.

    They share its memory as long as nobody writes to it, and have nothing to import. No connection goes
    with them, and nothing else may run here that holds a lock: this process only looks after its children.
    """
    from portal.db import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    gc.freeze()
    multiprocessing.set_start_method("fork" if sys.platform == "linux" else "spawn")


@contextmanager
def beside(do: Callable[[], None]) -> Iterator[None]:
    """A block beside which `do` runs in a process of its own, which is started again should it die."""
    over = Event()
    keeper = Thread(target=_keep, args=(do, over), name="keeper")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(do: Callable[[], None], over: Event) -> None:
    while not over.is_set():
        process = multiprocessing.Process(target=do, name="beside")
        process.start()
        while process.is_alive() and not over.wait(0.5):
            pass
        if over.is_set():
            process.terminate()
            process.join(END_SECONDS)
            process.kill()
            process.join()
        else:
            if process.exitcode:  # 0: it was asked to, and so perhaps is the server
                log.error("the process beside the server ended with %s and is started again", process.exitcode)
            over.wait(RESTART_SECONDS)


def when_the_parent_ends(do: Callable[[], None]) -> None:
    """Call `do` in this child process once the process that started it is gone, even without a goodbye."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        do()

    Thread(target=wait, name="parent", daemon=True).start()
