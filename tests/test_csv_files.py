"""Tables that are taken away: read as what they are by spreadsheets, run by none, kept by nobody between."""

import csv
import io
from datetime import UTC, datetime

import pytest

from portal.csv_files import MARK, csv_file


def rows_of(response) -> list[list[str]]:
    text = response.get_data(as_text=True)
    assert text.startswith(MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))


@pytest.mark.parametrize(
    "begins", ["=", "+", "-", "@", "\t=", " =", "\r=", "\ufeff=", "\xa0@", "\uff1d", "\u3000\uff0b", "\uff20"]
)
def test_no_cell_is_a_formula(begins: str) -> None:
    [head, row] = rows_of(csv_file("x.csv", ["a", "b", "c"], [[f"{begins}HYPERLINK(1)", "plain, with a comma", None]]))
    assert head == ["a", "b", "c"]
    assert not row[0].strip("\ufeff\xa0\u3000 \t\r").startswith(tuple("=+-@\uff1d\uff0b\uff20"))
    assert row[1:] == ["plain, with a comma", ""]


def test_numbers_and_times_stay_what_they_are() -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert rows_of(csv_file("x.csv", ["n", "at"], [[-3, at]]))[1] == ["-3", "2026-11-22T12:00:00+00:00"]


def test_it_is_a_file_that_nothing_between_keeps() -> None:
    answer = csv_file("x.csv", ["n"], [])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"
