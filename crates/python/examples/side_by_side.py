"""Several ways to the same column: the same symbols, and rows a second of each in one run."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import statistics
import time
from collections.abc import Callable

import fugo

# Published: for measuring only.
ROOT = bytes(range(32))
SCOPE = fugo.Scope("agency/nta/1")
KEY = fugo.SymbolKey(fugo.RootKey(ROOT).scope_key(SCOPE))
# What a peer needs and a fugo key never shows: the bytes of the scope key.
KEY_BYTES = hmac.digest(ROOT, SCOPE.label() + b"\x01", hashlib.sha256)


def python_hmac(my: str) -> bytes:
    return hmac.digest(KEY_BYTES, my.encode(), hashlib.sha256)[:16]


def arguments(about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def race(ways: dict[str, Callable[[], None]], symbols: Callable[[], list[bytes]], options: argparse.Namespace) -> None:
    """Runs each way once, holds their symbols against each other, then measures in turn and prints medians."""
    expected: list[bytes] | None = None
    for name, way in ways.items():
        way()
        found = symbols()
        expected = expected or found
        if found != expected or len(found) != options.rows:
            raise SystemExit(f"{name} gives other symbols")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - start)
    first = next(iter(ways))
    print(f"{options.rows} rows, medians of {options.rounds} rounds; the same symbols from each")
    for name, seconds in times.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, times[first], strict=True))
        print(f"{name:58} {options.rows / statistics.median(seconds):>12,.0f} rows/s {ratio:>7.1f} times the time")
