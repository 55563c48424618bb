"""Drawing the demo's pictures and taking them in like anybody's uploads, several at once."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from flask import Flask, current_app

from portal.demo.pictures import Drawing, jpeg
from portal.demo.portraits import face_jpeg
from portal.demo.shapes import Person
from portal.media.commands import Prepared, prepare

Progress = Callable[[str, int, int], None]
Motif = Drawing | Person
Paint = Callable[[Sequence[Motif], Progress], Mapping[Motif, Prepared]]


def paint(motifs: Sequence[Motif], progress: Progress) -> Mapping[Motif, Prepared]:
    """Every motif drawn, cleaned and resized. The cleaning runs in other processes, so threads are enough here."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    done: dict[Motif, Prepared] = {}
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as painters:
        under_way = {painters.submit(_paint, app, motif): motif for motif in dict.fromkeys(motifs)}
        for future in as_completed(under_way):
            done[under_way[future]] = future.result()
            progress("pictures", len(done), len(under_way))
    return done


def _paint(app: Flask, motif: Motif) -> Prepared:
    data = face_jpeg(motif.face, motif.style) if isinstance(motif, Person) else jpeg(motif)
    with app.app_context():
        return prepare(data)
