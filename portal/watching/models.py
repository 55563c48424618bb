"""What was counted in each minute, by all processes of all machines together."""

from datetime import datetime

from sqlalchemy import BigInteger, Double, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class Measured(Model):
    """One quantity in one minute: how often, how much in all, and the most at once.

    After a day the minutes of an hour are one row, at the hour's first minute. The sum of all time stands at the
    first minute of 1970, so that it never goes down (`counting.EVER`).
    """

    __tablename__ = "measured"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[float] = mapped_column(Double, default=0.0)
    highest: Mapped[float] = mapped_column(Double, default=0.0)
