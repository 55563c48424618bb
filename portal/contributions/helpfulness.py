"""How replies are ordered by helpfulness: accepted first, then by the Wilson lower bound of thanks over views."""

from math import sqrt

Z = 1.96
"""95 % confidence, two-sided: Wilson, E. B. (1927), Probable inference, J. Am. Stat. Assoc. 22, 209–212."""


def wilson_lower_bound(thanks: int, views: int) -> float:
    """The share of viewers who would say thanks, as low as it plausibly is (0–1)."""
    n = max(views, thanks)
    if n == 0:
        return 0.0
    p = thanks / n
    centre = p + Z * Z / (2 * n)
    margin = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0.0, (centre - margin) / (1 + Z * Z / n))


def helpfulness(accepted: bool, thanks: int, views: int) -> float:
    """A number that sorts replies: every accepted one before every other."""
    return (1.0 if accepted else 0.0) + wilson_lower_bound(thanks, views)
