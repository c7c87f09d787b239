"""D9: all numbers of a block, hashed without a key or under a guessed one."""

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
# Seeds from 0 that are tried: a stated part of all 2^32.
SEEDS = 1 << 14
# Numbers whose symbol under a guessed seed is looked for; some of them are in the file.
_PROBES = 20
_FOUND = 3


def key_of_seed(seed: int) -> bytes:
    """The key that a generator with a 32-bit seed gives."""
    return hashlib.sha256(seed.to_bytes(4, "big")).digest()


@dataclass
class Rates:
    """What was tried and how long it took, in this program, on one core."""

    hashed: int = 0
    hashing: float = 0.0
    seeds: int = 0
    seeding: float = 0.0


def enumeration(evidence: Evidence, rates: Rates) -> Result:
    """D9. Every number of the public block, twice as many as there are people, against each file by itself: SHA-256 of the
    number; of the scope as it is written and the number; of the scope's Label and the number; and the symbol under each of the
    first 2^14 keys from a seed of 32 bits, as the scope's key and as the root of the real ladder. And SHA-256 of the other
    file's symbols, bare and behind this scope's name or Label. Counts the symbols that are
    inverted, in the file where they are more; inverted in both, they are linked. Alarm at 10. Blind without the key: under the
    key it inverts every symbol."""
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
    """Under the seeds under which probes are in the file."""
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
