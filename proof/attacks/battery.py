"""Runs all distinguishers on one play of the game."""

from __future__ import annotations

from collections.abc import Callable

import blind
import learned
import pairs
import randomness
from delivery import Evidence
from dictionary import Rates, enumeration
from result import Result

NAMES = ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12")
# It does not test linkage, so it need not be the only finder of any control.
SANITY_ONLY = "D10"


def play(evidence: Evidence, rates: Rates) -> dict[str, Result]:
    """The result of each distinguisher, by its name."""
    distinguishers: tuple[Callable[[Evidence], Result], ...] = (
        pairs.equality,
        pairs.hamming,
        pairs.bit_pairs,
        pairs.bytes_equal,
        pairs.ranks,
        pairs.relations,
        blind.rank_matching,
        learned.classifiers,
        lambda evidence: enumeration(evidence, rates),
        randomness.battery,
        blind.multiplicities,
        blind.files,
    )
    results = [distinguish(evidence) for distinguish in distinguishers]
    if tuple(result.name for result in results) != NAMES:
        raise SystemExit("the distinguishers are not D1 to D12")
    return {result.name: result for result in results}
