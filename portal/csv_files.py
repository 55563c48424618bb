"""Tables for other programs: CSV that spreadsheets read as what it is and never as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Response

STARTS_A_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide ones, which spreadsheets set to Japanese or Chinese read as the others."""
SKIPPED = " \t\r\n\ufeff\u200b\xa0\u3000"
"""What spreadsheets pass over before they look for a formula."""
MARK = "\ufeff"
"""Tells spreadsheets that it is UTF-8."""


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A file `name` to take away, which nothing between may keep; times in ISO 8601, nothing for None."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(head)
    lines.writerows([_cell(value) for value in row] for row in rows)
    answer = Response(MARK + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if not isinstance(value, str):
        return value
    # OWASP, "CSV Injection": a quote before it keeps Excel, LibreOffice and Sheets from running it.
    return "'" + value if value.lstrip(SKIPPED).startswith(STARTS_A_FORMULA) else value
