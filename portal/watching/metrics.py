"""The metrics as Prometheus reads them, in its text format 0.0.4.

Sums of all time come from the table, so they hold for all processes of all machines, are some ten
seconds late, and never go down; gauges are read now. Whichever machine is asked says the same, except
of its own disk.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from portal.db import db
from portal.watching.counting import EVER
from portal.watching.models import Measured
from portal.watching.standing import Reading
from portal.watching.vocabulary import ANSWERS, BOUNDS, COUNTERS, TOOK, Counter

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Sequence[tuple[str, str]]
Sums = Mapping[str, tuple[int, float]]


def sums_of_all_time() -> Sums:
    """(how often, how much in all) of everything that was ever counted, by name."""
    columns = select(Measured.name, Measured.number, Measured.total).where(Measured.minute == EVER)
    return {name: (number, total) for name, number, total in db.session.execute(columns)}


def text(sums: Sums, readings: Sequence[Reading]) -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in [*_counters(sums), *_histogram(sums), *_gauges(readings)])


def _counters(sums: Sums) -> Iterator[str]:
    said = set()
    for counter in COUNTERS:
        if counter.metric not in said:
            said.add(counter.metric)
            yield from _head(counter.metric, "counter", counter.says)
        for labels, number in _samples(counter, sums):
            yield _sample(counter.metric, labels, number)


def _samples(counter: Counter, sums: Sums) -> Iterator[tuple[Labels, int]]:
    own = [counter.label] if counter.label else []
    if not counter.family:
        yield own, sums.get(counter.name, (0, 0.0))[0]
        return
    for name, (number, _) in sorted(sums.items()):
        first, _, second = name.partition(":")
        if first == counter.name:
            yield [(counter.family, second), *own], number


def _histogram(sums: Sums) -> Iterator[str]:
    metric = "portal_request_seconds"
    yield from _head(metric, "histogram", "How long the application took for an answer.")
    so_far = 0
    for name, bound in zip(TOOK, (*(f"{bound / 1000:g}" for bound in BOUNDS), "+Inf"), strict=True):
        so_far += sums.get(name, (0, 0.0))[0]
        yield _sample(f"{metric}_bucket", [("le", bound)], so_far)
    yield _sample(f"{metric}_sum", [], sum(sums.get(name, (0, 0.0))[1] for name in ANSWERS) / 1000)
    yield _sample(f"{metric}_count", [], so_far)


def _gauges(readings: Sequence[Reading]) -> Iterator[str]:
    by_metric: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_metric[reading.gauge.metric].append(reading)
    for metric, several in by_metric.items():
        yield from _head(metric, "gauge", several[0].gauge.says)
        for reading in several:
            if reading.value is not None:
                yield _sample(metric, [reading.gauge.of] if reading.gauge.of else [], reading.value)


def _head(metric: str, kind: str, says: str) -> Iterator[str]:
    yield f"# HELP {metric} {says.replace(chr(92), chr(92) * 2).replace(chr(10), ' ')}"
    yield f"# TYPE {metric} {kind}"


def _sample(metric: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{name}="{_escaped(words)}"' for name, words in labels)
    return f"{metric}{{{inside}}} {value!r}" if inside else f"{metric} {value!r}"


def _escaped(words: str) -> str:
    """No label ends its line or its quotes, whatever is in it."""
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
