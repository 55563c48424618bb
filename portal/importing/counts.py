"""What an import did: read, imported, there already, skipped and why."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Counters of one import, by kind of row (`users`, `questions`, `answers`, `comments`)."""

    read: Counter[str] = field(default_factory=Counter)
    imported: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def skip(self, kind: str, why: str) -> None:
        """One row of `kind` was left out."""
        self.skipped[kind, why] += 1

    def lines(self) -> list[str]:
        """The account, for the terminal; every row read is imported, known or skipped."""
        rows = [f"{'':<12}{'read':>9}{'imported':>10}{'before':>9}{'skipped':>9}"]
        for kind in self.read:
            skipped = sum(n for (k, _), n in self.skipped.items() if k == kind)
            rows.append(f"{kind:<12}{self.read[kind]:>9,}{self.imported[kind]:>10,}{self.known[kind]:>9,}{skipped:>9,}")
        rows += [f"  skipped {n:,} {kind}: {why}" for (kind, why), n in sorted(self.skipped.items())]
        return rows
