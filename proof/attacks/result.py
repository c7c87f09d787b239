"""What a distinguisher says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One statistic held against its threshold."""

    name: str
    # Rows or pairs that went into it.
    sample: int
    statistic: str
    alarms_at: str
    alarm: bool
    # Attack-specific: estimate and 95 % upper bound, of what `measure` says.
    advantage: float
    bound: float
    measure: str
    # What the theorem predicts.
    prediction: str
    # An upper bound of the probability of an alarm where there is nothing to find.
    false_alarm: float


# Of pair tests: mean effect of a pair in standard deviations. Of matching: probability that a row is linked right. Of
# relations: share of the rows that satisfy one. Of enumeration: probability that a symbol is inverted.
EFFECT, LINKED, SHARE, INVERTED = "effect a pair", "right links a row", "share of rows", "symbols inverted a row"
EQUAL = "equal values a row"
NONE = "says nothing of linkage"
NOTHING, ONE_HIT = "0", "1 hit"
