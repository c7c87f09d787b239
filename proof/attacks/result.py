"""The result of a distinguisher."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One statistic, compared with its threshold."""

    name: str
    # The number of rows or pairs in the statistic.
    sample: int
    statistic: str
    alarms_at: str
    alarm: bool
    # Of this attack only: estimate and 95 % upper bound of the quantity that `measure` names.
    advantage: float
    bound: float
    measure: str
    # The theorem's prediction.
    prediction: str
    # An upper bound of the probability of an alarm if there is no link.
    false_alarm: float


# For pair tests: mean effect of a pair in standard deviations. For matching: probability that a row is linked right.
# For relations: share of the rows that satisfy one. For enumeration: probability that a symbol is inverted.
EFFECT, LINKED, SHARE, INVERTED = "effect per pair", "right links per row", "share of rows", "symbols inverted per row"
EQUAL = "equal values per row"
NONE = "does not test linkage"
NOTHING, ONE_HIT = "0", "1 hit"
