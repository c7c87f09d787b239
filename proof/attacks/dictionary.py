"""D9: all numbers of a block, hashed without a key or derived under a guessed key."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from confidence import link_rate
from delivery import Evidence, rows
from ladder import Derive, label, under_key, under_root, unkeyed
from people import texts
from result import INVERTED, NOTHING, Result

HITS = 10
# The seeds from 0 that are tried, a stated part of all 2^32.
SEEDS = 1 << 14
# The numbers whose symbol under a guessed seed is searched for. Some of them are in the file.
_PROBES = 20
_FOUND = 3


def key_of_seed(seed: int) -> bytes:
    """The output of a generator with a 32-bit seed, as a key."""
    return hashlib.sha256(seed.to_bytes(4, "big")).digest()


@dataclass
class Rates:
    """The number of trials and their duration, in this program, on one core."""

    hashed: int = 0
    hashing: float = 0.0
    seeds: int = 0
    seeding: float = 0.0


def enumeration(evidence: Evidence, rates: Rates) -> Result:
    """D9. Compares every number of the public block, which has twice as many numbers as people, with each file by
    itself. It computes SHA-256 of the number; of the scope's name and the number; of the scope's Label and the number;
    and the symbol under each of the first 2^14 keys from a seed of 32 bits, as the scope key and as the root key of the
    real derivation. It also computes SHA-256 of the other file's symbols, alone and after this scope's name or Label.
    It counts the inverted symbols in the file with more of them. If they are inverted in both files, they are linked.
    Alarm at 10. It detects nothing without the key. With the key it inverts every symbol."""
    block, most, tried = texts(evidence.block), 0, 0
    for side, (file, scope) in enumerate(zip(evidence.files, evidence.scopes, strict=True)):
        wanted, others = set(rows(file)), rows(evidence.files[1 - side])
        hashes = [unkeyed(prefix) for prefix in (b"", scope.encode(), label(scope))]
        most = max(most, *(len(wanted.intersection(map(derive, others))) for derive in hashes))
        schemes = [*hashes, *_seeded(block, wanted, scope, rates)]
        for derive in schemes:
            started = time.perf_counter()
            most = max(most, len(wanted.intersection(map(derive, block))))
            rates.hashed += len(block)
            rates.hashing += time.perf_counter() - started
        tried += len(schemes) + len(hashes) + 2 * SEEDS
    people = len(evidence.files[0])
    rate, bound = link_rate(most, people)
    chance = tried * len(block) * people / 2.0**128
    statistic = f"{most:,} inverted"
    return Result("D9", len(block), statistic, f"{HITS} inverted", most >= HITS, rate, bound, INVERTED, NOTHING, chance)


def _seeded(block: list[bytes], wanted: set[bytes], scope: str, rates: Rates) -> list[Derive]:
    """The symbols of the block under the seeds for which probes are in the file."""
    probes = block[:: max(1, len(block) // _PROBES)][:_PROBES]
    started = time.perf_counter()
    found = []
    for seed in range(SEEDS):
        key = key_of_seed(seed)
        for derive in (under_key(key), under_root(key, scope)):
            if sum(map(wanted.__contains__, map(derive, probes))) >= _FOUND:
                found.append(derive)
    rates.seeds += SEEDS
    rates.seeding += time.perf_counter() - started
    return found
