"""Starting fast and small: the application is built once, and every process of the group is a copy of that one."""

import ctypes
import gc
import multiprocessing
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from sqlalchemy.orm import configure_mappers

from portal import static_files
from portal.known_settings import SettingsError

TARGET = "wsgi:app"
TEMPLATE_SECONDS = 0.25
"""Of a start that go to templates: enough for all of them where they lie compiled, and for a fifth where they don't."""
FIRST = ("layouts/", "shared/", "front/", "forum/")
"""Folders of templates that every page needs, or that are asked for first."""
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
    load_templates(app)
    static_files.lay_out(app)


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates as they were compiled before, by the text they were made of. Without the folder all works without it.

    What lies there is run: nobody but the site's own user may write to it, as to all of its data.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def load_bytecode(self, bucket: Bucket) -> None:
        """What lies there, if it can be read and is whole."""
        try:
            super().load_bytecode(bucket)
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Lay it there, if that can be done."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def load_templates(app: Flask, seconds: float = TEMPLATE_SECONDS) -> None:
    """Have the templates ready, for all processes that are copies of this one; compiling them takes a second."""
    env, until = app.jinja_env, time.perf_counter() + seconds
    env.bytecode_cache = CompiledTemplates(app.extensions["portal.settings"].data_dir / "templates")
    for name in sorted(env.list_templates(), key=lambda name: not name.startswith(FIRST)):
        if time.perf_counter() > until:
            break  # the rest is compiled when it is asked for
        env.get_template(name)


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
def listening(bind: str) -> Iterator[None]:
    """Raises SettingsError for what the web server raises of an address that it can't have: taken, forbidden."""
    try:
        yield
    except RuntimeError as error:
        said, of_the_system, _ = str(error).partition(" (os error ")
        if not of_the_system:
            raise
        raise SettingsError(f"nobody can be served at PORTAL_BIND={bind}: {said}.") from error
