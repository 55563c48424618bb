"""What rules say: findings with their evidence, and the verdict they come to together."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ALLOW, HOLD, REFUSE = "allow", "hold", "refuse"
STERNNESS = {ALLOW: 0, HOLD: 1, REFUSE: 2}
EVIDENCE_AT_MOST, EVIDENCE_CHARS = 10, 200


@dataclass(frozen=True)
class Finding:
    """What one rule has to say: `reason` is in words for the author, `evidence` for moderators alone."""

    outcome: str
    rule: str
    reason: str = ""
    evidence: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As it is stored: at most ten pieces of evidence of 200 characters."""
        pieces = [e.replace("\x00", "")[:EVIDENCE_CHARS] for e in self.evidence[:EVIDENCE_AT_MOST]]
        return asdict(self) | {"evidence": pieces}


@dataclass(frozen=True)
class Verdict:
    """All findings together: the sternest decides, the first one among equals."""

    outcome: str = ALLOW
    rule: str = ""
    reason: str = ""
    found: tuple[Finding, ...] = ()
    spam_score: float | None = None
    tags: tuple[str, ...] = ()
    """What watched words ask to be put on the contribution."""


class Refused(Exception):
    """A submission was not taken; `reason` tells its author what to do."""

    def __init__(self, reason: str, rule: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.rule = rule


def sternest(found: Sequence[Finding], spam_score: float | None = None, tags: Sequence[str] = ()) -> Verdict:
    """The verdict that findings come to, with the sternest first."""
    ordered = sorted(found, key=lambda f: -STERNNESS[f.outcome])
    kept = (tuple(ordered), spam_score, tuple(tags))
    if not ordered or ordered[0].outcome == ALLOW:
        return Verdict(ALLOW, "", "", *kept)
    first = ordered[0]
    return Verdict(first.outcome, first.rule, first.reason, *kept)
