"""D7, D11, D12: whole files and no known pair; what is guessed is held against the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from confidence import link_rate, poisson_tail
from delivery import Evidence, halves, is_ascending, order
from result import LINKED, AT_MOST_ONE, Result

# Matching at random gets one right in expectation.
HITS = 10
# Deliveries that change by fewer people are small deltas (docs/operators.md).
SMALL_DELTA = 1_000


def rank_matching(evidence: Evidence) -> Result:
    """D7. Both files in ascending order: row i with row i, and each symbol with the nearest one of the other file. Alarm at 10
    right links. Blind to everything that changes the order."""
    a, b = (file[order(file)] for file in evidence.files)
    rows = min(len(a), len(b))
    by_rank = evidence.hits(a[:rows], b[:rows])
    values = [halves(side)[0].astype(np.float64) for side in (a, b)]
    place = np.clip(np.searchsorted(values[1], values[0]), 1, len(b) - 1)
    nearer = values[0] - values[1][place - 1] < values[1][place] - values[0]
    by_value = evidence.hits(a, b[place - nearer])
    return replace(_of_hits("D7", max(by_rank, by_value), rows, tests=2), prediction="1 hit in each of 2 matchings")


def multiplicities(evidence: Evidence) -> Result:
    """D11. People whose number of rows is nobody else's in their file, matched with whom has that number in the other. Alarm at
    10 right links. Blind where everybody has one row."""
    alone = []
    for file in evidence.files:
        symbols, counts = np.unique(file, axis=0, return_counts=True) if _repeats(file) else (file[:0], np.empty(0, int))
        number, people = np.unique(counts, return_counts=True)
        unique = set(number[people == 1].tolist())
        alone.append({int(count): symbol for symbol, count in zip(symbols, counts, strict=True) if count in unique})
    both = sorted(alone[0].keys() & alone[1].keys())
    guesses = [np.array([side[count] for count in both], dtype=np.uint8).reshape(-1, 16) for side in alone]
    return _of_hits("D11", evidence.hits(*guesses), len(evidence.files[0]))


def _repeats(file: np.ndarray) -> bool:
    high, low = (half[order(file)] for half in halves(file))
    return bool(np.any((high[1:] == high[:-1]) & (low[1:] == low[:-1])))


def files(evidence: Evidence) -> Result:
    """D12. What the files say as files. Row i with row i, where a file is not in symbol order: alarm at 10 right links. And who
    is new in both of the next deliveries: alarm if a new person of one is one of fewer than 1,000 in the other. Sizes of
    files link nobody; times are the file system's, and `fugo audit` looks at them. Blind to what is inside symbols."""
    a, b = evidence.files
    in_order = 0
    if not (is_ascending(a) and is_ascending(b)):
        rows = min(len(a), len(b))
        in_order = evidence.hits(a[:rows], b[:rows])
    of_delta = 0
    new = _new(evidence)
    if new and all(0 < people < SMALL_DELTA for people in new):
        of_delta = max(new)
    result = _of_hits("D12", in_order, len(a))
    if not of_delta:
        return result
    linked = 1 / of_delta
    statistic = f"{of_delta} new in each file"
    return Result("D12", of_delta, statistic, f"< {SMALL_DELTA:,} new", True, linked, linked, LINKED, AT_MOST_ONE, result.false_alarm)


def _new(evidence: Evidence) -> list[int]:
    if evidence.later is None:
        return []
    fresh = []
    for file, later in zip(evidence.files, evidence.later, strict=True):
        fresh.append(int((~np.isin(halves(later)[0], halves(file)[0])).sum()))
    return fresh


def _of_hits(name: str, hits: int, rows: int, tests: int = 1) -> Result:
    rate, bound = link_rate(hits, rows)
    said = f"{hits:,} right"
    return Result(name, rows, said, f"{HITS} right", hits >= HITS, rate, bound, LINKED, AT_MOST_ONE, tests * poisson_tail(HITS))
