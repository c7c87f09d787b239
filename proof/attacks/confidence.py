"""From a statistic to an attacker's advantage. It is the advantage of this attack, and never a bound on all attacks."""

from __future__ import annotations

from math import erfc, exp, sqrt

from scipy.stats import chi2

_ONE_SIDED_95 = 1.6449


def advantage_of_z(z: float, pairs: int) -> tuple[float, float]:
    """Estimate and 95 % upper bound of the mean effect per row, in standard deviations: |z|/√N and (|z| + 1.645)/√N."""
    return abs(z) / sqrt(pairs), (abs(z) + _ONE_SIDED_95) / sqrt(pairs)


def link_rate(hits: int, rows: int) -> tuple[float, float]:
    """Estimate and 95 % upper bound of the probability that a row is linked right, from hits among n rows (Poisson):
    hits/n and χ²(0.95, 2 hits + 2)/2n; 3.0/n for no hit, 4.74/n for one."""
    return hits / rows, float(chi2.ppf(0.95, 2 * hits + 2)) / 2 / rows


def two_sided(z: float) -> float:
    """P(|Z| > z) for a standard normal Z."""
    return erfc(z / sqrt(2))


def poisson_tail(hits: int) -> float:
    """P(H ≥ hits) for a Poisson variable of mean 1, the distribution for random matching."""
    term, below = exp(-1), 0.0
    for k in range(hits):
        below += term
        term /= k + 1
    return 1 - below
