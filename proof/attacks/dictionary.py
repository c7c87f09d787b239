"""D9: all numbers of a block, hashed without a key or under a guessed one."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from confidence import link_rate
from delivery import SYMBOL, Evidence, rows
from people import texts
from result import LINKED, AT_MOST_ONE, Result

HITS = 10
# Labels that an attacker would try: the scope as it is written.
LABELS = (b"agency/nta/1", b"agency/mof/1")
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
    """D9. Every number of the public block, twice as many as there are people, under SHA-256 of the number, SHA-256 of a label and
    the number, and HMAC-SHA-256 under the key of each of the first 2^14 seeds of 32 bits. Symbols of both files that one
    number gives are linked: alarm at 10 right links. Blind without the key: under the key it inverts every symbol."""
    block = texts(evidence.block)
    wanted = [set(rows(file)) for file in evidence.files]
    hits = 0
    schemes: list[list[Callable[[bytes], bytes]]] = [
        [lambda number: hashlib.sha256(number).digest()[:SYMBOL]] * 2,
        [lambda number, label=label: hashlib.sha256(label + number).digest()[:SYMBOL] for label in LABELS],
    ]
    schemes += [[_under(seed), _under(seed ^ 1)] for seed in _seeds(block, wanted[0], rates)]
    for scheme in schemes:
        started = time.perf_counter()
        guesses = []
        for number in block:
            first = scheme[0](number)
            if first in wanted[0] and (second := scheme[1](number)) in wanted[1]:
                guesses.append((first, second))
        rates.hashed += len(block)
        rates.hashing += time.perf_counter() - started
        if guesses:
            sides = [np.frombuffer(b"".join(side), dtype=np.uint8).reshape(-1, SYMBOL) for side in zip(*guesses, strict=True)]
            hits = max(hits, evidence.hits(*sides))
    people = len(evidence.files[0])
    rate, bound = link_rate(hits, people)
    chance = (len(schemes) + SEEDS) * len(block) * people / 2.0**128
    return Result("D9", len(block), f"{hits:,} right", f"{HITS} right", hits >= HITS, rate, bound, LINKED, AT_MOST_ONE, chance)


def _under(seed: int) -> Callable[[bytes], bytes]:
    key = key_of_seed(seed)
    return lambda number: hmac.digest(key, number, "sha256")[:SYMBOL]


def _seeds(block: list[bytes], wanted: set[bytes], rates: Rates) -> list[int]:
    """Seeds under which probes are in the file."""
    probes = block[:: max(1, len(block) // _PROBES)][:_PROBES]
    started = time.perf_counter()
    found = [seed for seed in range(SEEDS) if sum(map(wanted.__contains__, map(_under(seed), probes))) >= _FOUND]
    rates.seeds += SEEDS
    rates.seeding += time.perf_counter() - started
    return found
