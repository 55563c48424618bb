"""Each backup that was made or failed, so that the owner sees how it stands."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class BackupRun(Model):
    """One try: when, into which file, what it held, or in a sentence why it failed."""

    __tablename__ = "backup_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    file: Mapped[str] = mapped_column(String(300), default="")
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    rows: Mapped[int | None]
    pictures: Mapped[int | None]
    words: Mapped[str] = mapped_column(String(500), default="")
