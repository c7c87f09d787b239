"""D10: whether the symbols of a file look random. It does not test linkage; examine a file that fails it."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2, norm

from delivery import Evidence
from result import NONE, NOTHING, Result

_ALARM = 1e-9


def battery(evidence: Evidence) -> Result:
    """D10. For each file by itself: ones among all bits, runs of bits within a symbol, the 256 values of the bytes, and
    of the XOR of neighbouring bytes. The least p; alarm below 10^-9. It does not detect relations between two files."""
    least, tests = 1.0, 0
    for symbols in evidence.known:
        bits = np.unpackbits(symbols, axis=1)
        runs = int((bits[:, 1:] != bits[:, :-1]).sum())
        values = [
            _normal(int(bits.sum()), bits.size),
            _normal(runs, bits[:, 1:].size),
            _uniform(np.bincount(symbols.reshape(-1), minlength=256)),
            _uniform(np.bincount((symbols[:, :-1] ^ symbols[:, 1:]).reshape(-1), minlength=256)),
        ]
        least, tests = min(least, *values), tests + len(values)
    rows = len(evidence.known[0])
    return Result("D10", rows, f"p = {least:.1e}", f"p < {_ALARM:g}", least < _ALARM, 0.0, 1.0, NONE, NOTHING, tests * _ALARM)


def _normal(ones: int, bits: int) -> float:
    return float(2 * norm.sf(abs(2 * ones - bits) / np.sqrt(bits)))


def _uniform(counts: np.ndarray) -> float:
    expected = counts.sum() / 256
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), 255))
