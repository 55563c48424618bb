"""What was counted in each minute, by all processes of all machines together."""

from datetime import datetime

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class Measured(Model):
    """One quantity in one minute: how often, how much in all, and the most at once."""

    __tablename__ = "measured"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    total: Mapped[float] = mapped_column(Double, default=0.0)
    highest: Mapped[float] = mapped_column(Double, default=0.0)
