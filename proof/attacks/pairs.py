"""D1 to D6: known pairs, which are the rows of one person in both files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.stats import binom

from confidence import advantage_of_z, link_rate, two_sided
from delivery import SYMBOL, Evidence, halves
from result import EFFECT, EQUAL, NOTHING, SHARE, Result

BITS = 8 * SYMBOL
_CHUNK = 50_000


def equality(evidence: Evidence) -> Result:
    """D1. Counts values of one file that are in the other: unchanged, with bytes or bits in reverse order,
    complemented, or rotated by any number of bytes; and equal values in further columns. Alarm at one. It does not
    detect changes beyond the spelling."""
    first = evidence.files[0]
    found = sum(_common(seen, evidence.files[1]) for seen in _spellings(first))
    if evidence.beside is not None:
        found += _common(*evidence.beside)
    rows = len(first)
    # By chance: rows² pairs in each spelling, each with probability 2^-128.
    chance = rows * len(evidence.files[1]) * 40 / 2.0**128
    rate, bound = link_rate(found, rows)
    return Result("D1", rows, f"{found:,} equal", "1", found > 0, rate, bound, EQUAL, NOTHING, chance)


def _spellings(symbols: np.ndarray) -> Iterator[np.ndarray]:
    bits_reversed = np.packbits(np.unpackbits(symbols, axis=1)[:, ::-1], axis=1)
    for spelled in (symbols, symbols[:, ::-1], bits_reversed, ~symbols):
        yield np.ascontiguousarray(spelled)
    for by in range(1, SYMBOL):
        yield np.roll(symbols, by, axis=1)


def _common(a: np.ndarray, b: np.ndarray) -> int:
    """The number of different symbols that both have."""
    (high_a, low_a), (high_b, low_b) = halves(a), halves(b)
    candidates = np.intersect1d(high_a, high_b)
    if len(candidates) == 0:
        return 0
    pairs = [set(zip(high[mask], low[mask], strict=True)) for high, low, mask in (
        (high_a, low_a, np.isin(high_a, candidates)),
        (high_b, low_b, np.isin(high_b, candidates)),
    )]
    return len(pairs[0] & pairs[1])


def hamming(evidence: Evidence) -> Result:
    """D2. z of the mean Hamming distance of a pair: (64 − mean) √N / √32. Alarm at |z| > 6. It does not detect
    relations that keep the mean, such as affine maps. D2 to D4 also raise an alarm at a bias that both files have by
    themselves."""
    a, b = evidence.known
    distance = np.bitwise_count(a ^ b).sum(axis=1, dtype=np.int64)
    z = (BITS / 2 - distance.mean()) * np.sqrt(len(a)) / np.sqrt(BITS / 4)
    return _of_z("D2", float(z), len(a), 6.0)


def bit_pairs(evidence: Evidence) -> Result:
    """D3. The largest of 128 × 128 correlations of a bit of one symbol with a bit of the other, as z. Alarm at |z| >
    6.5. It does not detect relations of three or more bits."""
    a, b = evidence.known
    sums = np.zeros((BITS, BITS))
    for at in range(0, len(a), _CHUNK):
        signs = [np.unpackbits(side[at : at + _CHUNK], axis=1).astype(np.float32) * 2 - 1 for side in (a, b)]
        sums += signs[0].T @ signs[1]
    z = sums / np.sqrt(len(a))
    largest = z.flat[np.abs(z).argmax()]
    return _of_z("D3", float(largest), len(a), 6.5, tests=BITS * BITS)


def bytes_equal(evidence: Evidence) -> Result:
    """D4. For each of the 16 positions, the number of pairs with an equal byte there, as z against 1 in 256. Alarm at
    |z| > 6. It does not detect relations between different bytes."""
    a, b = evidence.known
    rate = 1 / 256
    equal = (a == b).sum(axis=0)
    z = (equal - len(a) * rate) / np.sqrt(len(a) * rate * (1 - rate))
    largest = z[np.abs(z).argmax()]
    spread = 6.0 * np.sqrt(len(a) * rate * (1 - rate))
    tails = binom.sf(len(a) * rate + spread, len(a), rate) + binom.cdf(len(a) * rate - spread, len(a), rate)
    return replace(_of_z("D4", float(largest), len(a), 6.0), false_alarm=SYMBOL * float(tails))


def ranks(evidence: Evidence) -> Result:
    """D5. Spearman's rank correlation of the symbols of a pair, as z = ρ √(N − 1). Alarm at |z| > 6. It does not detect
    relations without an overall upward or downward trend."""
    places = []
    for symbols in evidence.known:
        high, low = halves(symbols)
        rank = np.empty(len(symbols))
        rank[np.lexsort((low, high))] = np.arange(len(symbols))
        places.append(rank - rank.mean())
    rho = (places[0] @ places[1]) / np.sqrt((places[0] @ places[0]) * (places[1] @ places[1]))
    return _of_z("D5", float(rho * np.sqrt(len(places[0]) - 1)), len(places[0]), 6.0)


def relations(evidence: Evidence) -> Result:
    """D6. Relations over GF(2) between the two symbols that all of 456 pairs satisfy: rank [A | 1] + rank [B | 1] − 1 −
    rank [A | B | 1], so that relations within one file do not count. Alarm at one. It does not detect a relation that a
    single row in a few hundred breaks."""
    rows = 2 * BITS + 200
    a, b = (side[:rows] for side in evidence.known)
    if len(a) < rows:
        raise SystemExit(f"D6 needs {rows} pairs")
    columns = [[int.from_bytes(np.packbits(bit).tobytes(), "big") for bit in np.unpackbits(side, axis=1).T] for side in (a, b)]
    ones = [(1 << rows) - 1]
    missing = rank(columns[0] + ones) + rank(columns[1] + ones) - 1 - rank(columns[0] + columns[1] + ones)
    # Any of 2^257 combinations of columns vanishes on 456 random rows.
    chance = 2.0 ** (2 * BITS + 1 - rows)
    # A relation that a share s of rows satisfies is missed with probability 1 − s^456, under 5 % above s =
    # 0.95^(1/456).
    share, bound = (1.0, 1.0) if missing else (0.5, 0.95 ** (1 / rows))
    return Result("D6", rows, f"{missing} relations", "1", missing > 0, share, bound, SHARE, NOTHING, chance)


def rank(vectors: list[int]) -> int:
    """The rank of vectors over GF(2), which are given as integers."""
    basis: dict[int, int] = {}
    for vector in vectors:
        while vector:
            top = vector.bit_length()
            if top not in basis:
                basis[top] = vector
                break
            vector ^= basis[top]
    return len(basis)


def _of_z(name: str, z: float, pairs: int, alarms_at: float, tests: int = 1) -> Result:
    advantage, bound = advantage_of_z(z, pairs)
    chance = tests * two_sided(alarms_at)
    alarm = abs(z) > alarms_at
    return Result(name, pairs, f"z = {z:.1f}", f"z beyond ±{alarms_at:g}", alarm, advantage, bound, EFFECT, NOTHING, chance)
