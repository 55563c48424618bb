"""The web processes and the worker beside them: copies of the process that built the application."""

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread
from typing import Any

import click
from flask import Flask
from granian.constants import Interfaces
from granian.server import MPServer

from portal import holding, starting

log = logging.getLogger(__name__)

TARGET = "wsgi:app"
RESTART_SECONDS = 3.0
END_SECONDS = 20.0


class Server(MPServer):  # type: ignore[misc]
    """Granian's parent, which hands its children over and ends if this process is held."""

    work: Callable[[], None] | None = None

    def _serve_loop(self, *given: Any) -> None:
        if holding.held is None or self.interrupt_signal:
            super()._serve_loop(*given)
            return
        pids = {process.inner.pid: "web" for process in self.wrks}
        if self.work is not None:
            worker = multiprocessing.Process(target=self.work, name="beside")
            worker.start()
            pids[worker.pid] = "worker"
        holding.held.hand_over(pids)
        sys.stdout.flush()
        os._exit(0)  # no goodbye to the children: they stay


def serve(app: Flask, work: Callable[[], None] | None) -> None:
    """Serve the site, with `work` in a process beside; of these only what is missing, if somebody says so."""
    s, held = app.extensions["portal.settings"], holding.held
    web = s.web_processes
    if held is not None:
        for line in held.why:
            log.error(line)
        if held.wanted is not None:
            web, work = held.wanted.get("web", 0), work if held.wanted.get("worker") else None
    starting.share(app)
    if not web and work is not None:
        work()
        return
    address, _, port = s.bind.rpartition(":")
    server = Server(
        TARGET, address=address.strip("[]"), port=int(port), interface=Interfaces.WSGI,
        workers=web, blocking_threads=s.web_threads, log_enabled=True, log_access=False,
        respawn_failed_workers=True, workers_kill_timeout=10,
    )  # fmt: skip
    click.echo(f"Portal is at {s.base_url}  (Ctrl-C stops it)")
    if held is not None:
        server.work = work
        server.serve(target_loader=_in_a_web_process)
        return
    with beside(work) if work is not None else nullcontext():
        server.serve()


def _in_a_web_process(_target: str) -> Flask:
    when_the_holder_ends(lambda: os.kill(os.getpid(), signal.SIGTERM))
    return starting.the_app()


def when_the_holder_ends(do: Callable[[], None]) -> None:
    """Call `do` in this process once the one that looks after it is gone, even without a goodbye."""
    if holding.held is not None:
        holding.held.when_it_ends(do)
        return
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        do()

    Thread(target=wait, name="parent", daemon=True).start()


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
