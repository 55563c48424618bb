"""The company's customer list: who proves an address on it is a verified customer."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select

from portal import text as texts
from portal.db import db
from portal.members.addresses import normal_email
from portal.members.followers import verify_from_list
from portal.members.models import ListedCustomer, Member

SHOWN_AT_MOST = 50
"""Lines that could not be read are shown up to this number; all are counted."""
_CHUNK = 500
_HEADERS = ("email", "e-mail", "mail", "e-mail address", "email address")


@dataclass
class Imported:
    """What came of an import: numbers, and the first lines that could not be used, with why."""

    new: int = 0
    known: int = 0
    verified: int = 0
    invalid: int = 0
    invalid_lines: list[tuple[int, str, str]] = field(default_factory=list)


def import_customers(text: str, by: Member | None = None) -> Imported:
    """Take in lines of `email, organisation` (comma, semicolon or tab; the organisation may be missing).

    Addresses already listed are counted as known and take a new organisation over. Members whose
    confirmed address is listed are verified at once. A second import of the same list changes nothing.
    """
    result = Imported()
    seen: set[str] = set()
    rows = _parsed(text, result)
    while chunk := list(islice(rows, _CHUNK)):
        fresh: dict[str, str | None] = {}
        for email, organisation in chunk:
            if email in seen:
                result.known += 1
            else:
                fresh[email] = organisation
                seen.add(email)
        _keep(fresh, by, result)
    return result


def decoded(data: bytes) -> str:
    """The text of a file as spreadsheets write it: UTF-8 with or without its mark, UTF-16, else Windows' own."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _parsed(text: str, result: Imported) -> Iterator[tuple[str, str | None]]:
    text = text.replace("\0", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # a field longer than any that is meant
            _refuse(result, reader.line_num, "", f"This line can't be read: {error}.")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if reader.line_num == 1 and row[0].strip().lower() in _HEADERS:
            continue
        try:
            email = normal_email(row[0])
        except ValueError:
            _refuse(result, reader.line_num, row[0], "This is not an e-mail address.")
            continue
        yield email, texts.clean_line(row[1])[:100] or None if len(row) > 1 else None


def _refuse(result: Imported, number: int, line: str, why: str) -> None:
    result.invalid += 1
    if len(result.invalid_lines) < SHOWN_AT_MOST:
        result.invalid_lines.append((number, texts.clean_line(line)[:80], why))


def _keep(wanted: dict[str, str | None], by: Member | None, result: Imported) -> None:
    known = {
        listed.email: listed
        for listed in db.session.scalars(select(ListedCustomer).where(ListedCustomer.email.in_(list(wanted))))
    }
    for email, organisation in wanted.items():
        if email in known:
            known[email].organisation = organisation or known[email].organisation
        else:
            db.session.add(ListedCustomer(email=email, organisation=organisation, added_by_id=by.id if by else None))
    db.session.flush()
    result.known += len(known)
    result.new += len(wanted) - len(known)
    result.verified += sum(verify_from_list(member) for member in _unverified(wanted))


def _unverified(emails: Iterable[str]) -> list[Member]:
    return list(db.session.scalars(select(Member).where(Member.email.in_(list(emails)), Member.verified_at.is_(None))))
