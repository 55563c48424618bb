"""What the owner says of words, and what was looked for: without the person, for a term."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class SearchWords(Model):
    """The one row of what words mean on this site."""

    __tablename__ = "search_words"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    language: Mapped[str] = mapped_column(String(10), default="en")
    """Whose endings are cut off: `en`, `de`, `nl`, `fr` …; another one wants the index rebuilt."""
    synonyms: Mapped[str] = mapped_column(Text, default="")
    """One group a line, words with commas between: `bike, bicycle, velo`."""
    stop_words: Mapped[str] = mapped_column(Text, default="")
    """Words that say nothing here, beside the language's own; with spaces between."""
    changed_at: Mapped[datetime | None]


class SearchedWords(Model):
    """What was typed into the search field on one day, and whether it led anywhere. Nobody is named."""

    __tablename__ = "searched_words"
    __table_args__ = (Index("ix_searched_words_day", "day"),)

    words: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Folded, in the order typed."""
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    """How often nothing was found."""
    opened: Mapped[int] = mapped_column(default=0)
    """How often a result was opened."""
