"""The learned spam score: the trained numbers, applied in a few lines; no learning library is loaded."""

from dataclasses import dataclass
from datetime import datetime
from math import exp, sqrt

from flask import current_app
from sqlalchemy import select

from portal.contributions.screened import SpamModel
from portal.contributions.screening.features import BITS, parts, vector
from portal.db import db

EXPLAINED = 5


@dataclass(frozen=True)
class Model:
    """What was learned: a bias and a weight for each place."""

    bias: float
    weights: list[float]
    trained_at: datetime | None = None

    def score(self, text: str) -> float:
        """0 to 1. 0.5 is where, in cross-validation, so few fair texts lay above it as the settings allow."""
        places, value = vector(text)
        return logistic(self.bias + value * sum([self.weights[p] for p in places]))

    def explain(self, text: str) -> "tuple[list[tuple[str, float]], list[tuple[str, float]]]":
        """The words that spoke most for spam, and those against, with what each added."""
        weighed = [(part, places) for part, places in parts(text)]
        value = 1 / sqrt(sum(len(places) for _, places in weighed) or 1)
        added = sorted((value * sum(self.weights[p] for p in places), part) for part, places in weighed)
        speaks_for = [(part, w) for w, part in reversed(added[-EXPLAINED:]) if w > 0]
        return speaks_for, [(part, w) for w, part in added[:EXPLAINED] if w < 0]


def logistic(x: float) -> float:
    """Squeeze a number between 0 and 1."""
    return 1 / (1 + exp(-max(-60.0, min(60.0, x))))


def from_numbers(weights: "dict[str, object]", trained_at: datetime | None = None) -> Model | None:
    """A model from its stored numbers; None for none, or for those of another edition."""
    if weights.get("bits") != BITS:
        return None
    return Model(weights["bias"], weights["weights"], trained_at)  # type: ignore[arg-type]


def current() -> Model | None:
    """The model in force; None while it is switched off or has not learned enough. Its numbers are kept."""
    row = db.session.execute(select(SpamModel.enabled, SpamModel.trained_at).where(SpamModel.id == 1)).first()
    if row is None or not row.enabled or row.trained_at is None:
        return None
    kept: Model | None = current_app.extensions.get("portal.spam")
    if kept is None or kept.trained_at != row.trained_at:
        weights = db.session.scalar(select(SpamModel.weights).where(SpamModel.id == 1))
        kept = from_numbers(weights or {}, row.trained_at)
        current_app.extensions["portal.spam"] = kept
    return kept
