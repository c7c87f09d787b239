"""D7, D11, D12: complete files and no known pair. The guesses are compared with the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from confidence import link_rate, poisson_tail
from delivery import Evidence, halves, order
from result import LINKED, ONE_HIT, Result

# Random matching gets one right in expectation.
HITS = 10
# Deliveries that differ by fewer people are small deltas (docs/operators.md).
SMALL_DELTA = 1_000


def rank_matching(evidence: Evidence) -> Result:
    """D7. Both files in ascending order: matches row i with row i, and each symbol with the nearest one of the other
    file. Alarm at 10 right links. It detects nothing if the order changes."""
    a, b = (file[order(file)] for file in evidence.files)
    rows = min(len(a), len(b))
    by_rank = evidence.hits(a[:rows], b[:rows])
    values = [halves(side)[0].astype(np.float64) for side in (a, b)]
    place = np.clip(np.searchsorted(values[1], values[0]), 1, len(b) - 1)
    nearer = values[0] - values[1][place - 1] < values[1][place] - values[0]
    by_value = evidence.hits(a, b[place - nearer])
    return replace(_of_hits("D7", max(by_rank, by_value), rows, tests=2), prediction="1 hit in each of 2 matchings")


def multiplicities(evidence: Evidence) -> Result:
    """D11. Matches people with the same number of rows in both files at random. A person whose number of rows is unique
    is matched with certainty. Alarm at 10 right links. It detects nothing if everybody has one row: then one link is
    right in expectation."""
    random = np.random.default_rng(11)
    people = [dict(zip(*_counted(file), strict=True)) for file in evidence.files]
    guesses: list[list[np.ndarray]] = [[], []]
    for rows in sorted(people[0].keys() & people[1].keys()):
        alike = [random.permutation(side[rows]) for side in people]
        few = min(map(len, alike))
        for guess, side in zip(guesses, alike, strict=True):
            guess.append(side[:few])
    hits = evidence.hits(*(np.concatenate(side) for side in guesses)) if guesses[0] else 0
    return _of_hits("D11", hits, len(evidence.files[0]))


def _counted(file: np.ndarray) -> tuple[list[int], list[np.ndarray]]:
    """Numbers of rows, and for each number the symbols with that many rows."""
    ordered = file[order(file)]
    high, low = halves(ordered)
    first = np.flatnonzero(np.concatenate([[True], (high[1:] != high[:-1]) | (low[1:] != low[:-1])]))
    counts = np.diff(np.append(first, len(ordered)))
    numbers = sorted(set(counts.tolist()))
    return numbers, [ordered[first[counts == number]] for number in numbers]


def files(evidence: Evidence) -> Result:
    """D12. The files themselves. Matches row i with row i, in the order of the file: alarm at 10 right links. And
    counts the people who are new, or gone, in both of the next deliveries: alarm if both have fewer than 1,000. This
    enforces a rule; the bound is only for row order. It does not examine symbols. `fugo audit` examines names, sizes
    and times of files."""
    a, b = evidence.files
    rows = min(len(a), len(b))
    result = _of_hits("D12", evidence.hits(a[:rows], b[:rows]), rows)
    for what, changed in _changes(evidence).items():
        if all(0 < people < SMALL_DELTA for people in changed):
            linked = 1 / max(changed)
            statistic, alarms_at = f"{max(changed)} {what} in each file", f"fewer than {SMALL_DELTA:,} {what}"
            return Result("D12", rows, statistic, alarms_at, True, linked, linked, LINKED, ONE_HIT, result.false_alarm)
    return result


def _changes(evidence: Evidence) -> dict[str, list[int]]:
    """How many people of the next delivery of each file are new, and how many are gone."""
    if evidence.later is None:
        return {}
    changes: dict[str, list[int]] = {"new": [], "gone": []}
    for file, later in zip(evidence.files, evidence.later, strict=True):
        before, after = halves(file)[0], halves(later)[0]
        changes["new"].append(int((~np.isin(after, before)).sum()))
        changes["gone"].append(int((~np.isin(before, after)).sum()))
    return changes


def _of_hits(name: str, hits: int, rows: int, tests: int = 1) -> Result:
    rate, bound = link_rate(hits, rows)
    said = f"{hits:,} right"
    return Result(name, rows, said, f"{HITS} right", hits >= HITS, rate, bound, LINKED, ONE_HIT, tests * poisson_tail(HITS))
