"""Half a character, which JSON can spell and no database keeps as text: refused like any other row that is none."""

from pathlib import Path

import pytest

from tests.backups.furnishing import HALF, tampered
from tests.backups.test_hostile import change_row, honest, refused  # noqa: F401 (fixture)


@pytest.mark.parametrize("column", ["html", "title"])
def test_a_text_with_half_a_character_is_refused(honest: Path, column: str):  # noqa: F811
    change = change_row("contribution", **{column: f"a {HALF} b"})
    refused(tampered(honest, honest.parent / "evil.tar.gz", change), "Row 1 of contribution")
