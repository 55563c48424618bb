"""Segments are read where the system keeps them, and say the same as a copy would."""

import io
import os
import pickle
import tracemalloc

from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from portal.search.whoosh_files import Window, map_segments

DATA = pickle.dumps({"a": [1, 2.5, "ß"]}, 0) + b"line\nlast"


def test_a_window_reads_as_a_file_does():
    window, file = Window(memoryview(DATA)), io.BytesIO(DATA)
    for do in (
        lambda f: pickle.load(f),
        lambda f: (f.readline(), f.tell(), f.readline(), f.readline(), f.read(5)),
        lambda f: (f.seek(3), f.read(4), f.tell(), f.readline(2), f.tell()),
        lambda f: (f.seek(-4, os.SEEK_END), f.read(), f.tell()),
        lambda f: (f.seek(2), f.seek(5, os.SEEK_CUR), f.read(0), f.read(None)),
        lambda f: (f.seek(len(DATA) + 7), f.read(3), f.read()),
    ):
        assert do(window) == do(file)


def test_an_open_segment_is_not_copied_into_the_process(tmp_path):
    map_segments()
    index = FileStorage(str(tmp_path)).create_index(Schema(number=ID(stored=True), text=TEXT(stored=True)))
    writer = index.writer()
    for n in range(300):
        writer.add_document(number=str(n), text=os.urandom(2000).hex())
    writer.commit()
    (segment,) = index._segments()
    size = max(file.stat().st_size for file in tmp_path.iterdir())
    tracemalloc.start()
    try:
        reader = SegmentReader(index.storage, index.schema, segment)
        assert reader.stored_fields(299)["number"] == "299"
        assert tracemalloc.get_traced_memory()[0] < size / 3
    finally:
        tracemalloc.stop()
