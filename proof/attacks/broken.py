"""Positive controls: schemes that link, because of a mistake that somebody could make.

They are written in Python here, because the library cannot express them: its symbols come from a `SymbolKey`, and a
`SymbolKey` from a scope's label. `made` gives the symbols of both scopes, row by row for the same people.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from delivery import SYMBOL
from delivery import rows as symbols_of
from dictionary import SEEDS, key_of_seed
from ladder import under_key, under_root
from ladder import unkeyed as unkeyed_hash
from pairs import rank
from people import texts

# The scopes that these symbols claim.
SCOPES = ("agency/nta/1", "agency/mof/1")

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Scheme:
    """A broken scheme, and the distinguisher that must detect it."""

    name: str
    mistake: str
    finder: str
    made: Callable[[np.ndarray, np.random.Generator], Pair]
    # Delivered in a random order, not in symbol order.
    shuffled: bool = False


def keyed(people: np.ndarray, key: bytes) -> np.ndarray:
    """HMAC-SHA-256(key, number)[0..16] for each number: the real construction for this key."""
    return _hashed(people, under_key(key))


def _hashed(people: np.ndarray, digest: Callable[[bytes], bytes]) -> np.ndarray:
    symbols = b"".join(digest(number)[:SYMBOL] for number in texts(people))
    return np.frombuffer(symbols, dtype=np.uint8).reshape(-1, SYMBOL).copy()


def _independent(people: np.ndarray, random: np.random.Generator) -> Pair:
    """Two independent keys, the correct scheme without a mistake."""
    return keyed(people, random.bytes(32)), keyed(people, random.bytes(32))


def _chosen(rows: int, share: float, random: np.random.Generator) -> np.ndarray:
    """A share of the rows, at least two rows."""
    return random.choice(rows, size=min(rows, max(2, round(rows * share))), replace=False)


def xor_mask(people: np.ndarray, random: np.random.Generator) -> Pair:
    a = keyed(people, random.bytes(32))
    return a, a ^ np.frombuffer(random.bytes(SYMBOL), dtype=np.uint8)


def affine_map(people: np.ndarray, random: np.random.Generator) -> Pair:
    a = keyed(people, random.bytes(32))
    matrix = np.zeros((128, 128), dtype=np.uint8)
    while rank([int.from_bytes(np.packbits(row).tobytes(), "big") for row in matrix]) < 128:
        matrix = random.integers(0, 2, size=(128, 128), dtype=np.uint8)
    product = np.unpackbits(a, axis=1).astype(np.float32) @ matrix.astype(np.float32)
    b = np.packbits((product.astype(np.int64) & 1).astype(np.uint8), axis=1)
    return a, b ^ np.frombuffer(random.bytes(SYMBOL), dtype=np.uint8)


def leading_digits(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    # The last two digits of the body, because the first digits are equal throughout a dense block.
    kept = (people[:, 9] - ord("0")) * 10 + (people[:, 10] - ord("0"))
    a[:, 0] = b[:, 0] = kept
    return a, b


def leaked_bit(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    leaking = _chosen(len(a), 0.02, random)
    bit = a[leaking, 3] >> 5 & 1
    b[leaking, 11] = b[leaking, 11] & 0xFD | bit << 1
    return a, b


def misused_tweak(people: np.ndarray, random: np.random.Generator) -> Pair:
    key = random.bytes(32)
    base = keyed(people, key)
    both = []
    for scope in SCOPES:
        symbols = base.copy()
        # Only the last round of the Feistel network depends on the scope, and it changes one half.
        symbols[:, 8:] ^= _round(base[:, :8], key, scope.encode())
        both.append(symbols)
    return both[0], both[1]


def _round(half: np.ndarray, key: bytes, scope: bytes) -> np.ndarray:
    """A Feistel round function: 8 bytes of HMAC-SHA-256(key, scope ‖ half) for each half."""
    digests = (hmac.digest(key, scope + bytes(each), "sha256")[:8] for each in half)
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 8)


def order_preserving(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    rank = np.empty(len(people), dtype=np.uint64)
    rank[np.lexsort(people.T[::-1])] = np.arange(len(people), dtype=np.uint64)
    step = np.uint64(2**64 // len(people))
    for symbols in (a, b):
        within = np.ascontiguousarray(symbols[:, :8]).view(">u8").reshape(-1).astype(np.uint64) % step
        symbols[:, :8] = (rank * step + within).astype(">u8").view(np.uint8).reshape(-1, 8)
    return a, b


def unkeyed(people: np.ndarray, random: np.random.Generator) -> Pair:
    a = _hashed(people, unkeyed_hash(b""))
    return a, a.copy()


def label_prefixed(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = (_hashed(people, unkeyed_hash(scope.encode())) for scope in SCOPES)
    return a, b


def seeded_key(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = (keyed(people, key_of_seed(int(seed))) for seed in random.integers(0, SEEDS, size=2))
    return a, b


def seeded_root(people: np.ndarray, random: np.random.Generator) -> Pair:
    root = key_of_seed(int(random.integers(0, SEEDS)))
    a, b = (_hashed(people, under_root(root, scope)) for scope in SCOPES)
    return a, b


def unkeyed_stage(people: np.ndarray, random: np.random.Generator) -> Pair:
    a = keyed(people, random.bytes(32))
    return a, np.frombuffer(b"".join(map(unkeyed_hash(b""), symbols_of(a))), dtype=np.uint8).reshape(-1, SYMBOL).copy()


def half_keyed(people: np.ndarray, random: np.random.Generator) -> Pair:
    return unkeyed(people, random)[0], keyed(people, random.bytes(32))


def ambiguous_label(people: np.ndarray, random: np.random.Generator) -> Pair:
    root = random.bytes(32)
    scopes = ((b"ward1", b"1"), (b"ward", b"11"))
    a, b = (keyed(people, hmac.digest(root, b"fugo" + scope + epoch, "sha256")) for scope, epoch in scopes)
    return a, b


def fallback_key(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    rows = _chosen(len(a), 1e-5, random)
    a[rows] = b[rows] = keyed(people[rows], random.bytes(32))
    return a, b


def scattered_bit(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    # The number of rows that gives D2 a z of 12.
    rows = _chosen(len(a), 12 * 2 * np.sqrt(32) / np.sqrt(len(a)), random)
    place = random.integers(0, 128, size=len(rows))
    byte, bit = place // 8, (1 << (place % 8)).astype(np.uint8)
    b[rows, byte] = b[rows, byte] & ~bit | a[rows, byte] & bit
    return a, b


def shared_byte(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    rows = _chosen(len(a), 0.003, random)
    b[rows, 0] = a[rows, 0]
    return a, b


def kept_ends(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    # The number of rows that gives D3 a z of 3.4, and D5 a z of 8.
    rows = _chosen(len(a), 3.4 / np.sqrt(len(a)), random)
    end = random.integers(0, 2, size=len(rows))
    for symbols in (a, b):
        symbols[rows, 0] = np.where(end == 0, 0, 230) + random.integers(0, 26, size=len(rows))
    return a, b


def reserved_range(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    rows = np.sort(_chosen(len(a), 40 / len(a), random))
    for symbols in (a, b):
        symbols[rows, :3] = 0
        symbols[rows, 3] = np.arange(len(rows))
    return a, b


def following_byte(people: np.ndarray, random: np.random.Generator) -> Pair:
    a, b = _independent(people, random)
    rows = _chosen(len(a), 0.2, random)
    # 0 and 128 half as often as the other values: neither byte equality nor any two bits show this.
    steps = np.repeat(np.arange(129), [1, *[2] * 127, 1])
    b[rows, 5] = a[rows, 5] + random.choice(steps, size=len(rows)).astype(np.uint8)
    return a, b


SCHEMES = (
    Scheme("XOR mask", "the second scope's symbol is the first scope's, XOR a constant", "D3", xor_mask),
    Scheme("affine map", "the second symbol is an invertible linear map of the first", "D6", affine_map),
    Scheme("kept digits", "both symbols start with two digits of the number", "D4", leading_digits),
    Scheme("leaked bit", "a flag is a bit of the other symbol in 2 % of rows", "D3", leaked_bit),
    Scheme("tweak misused", "only the last Feistel round knows the scope", "D2", misused_tweak),
    Scheme("order-preserving", "symbols sort as the numbers do", "D7", order_preserving),
    Scheme("unkeyed SHA-256", "a hash of the number alone", "D9", unkeyed),
    Scheme("label-prefixed SHA-256", "a hash of the scope's name and the number", "D9", label_prefixed),
    Scheme("one side unkeyed", "only the first scope's symbols are a hash of the number alone", "D9", half_keyed),
    Scheme("unkeyed second stage", "the second symbol is a hash of the first", "D9", unkeyed_stage),
    Scheme(
        "32-bit seeds",
        "the key of each scope comes from a generator with a seed of 32 bits, one of the tried seeds",
        "D9",
        seeded_key,
    ),
    Scheme("32-bit root", "the real derivation, from a root key of such a generator", "D9", seeded_root),
    Scheme("ambiguous label", "ward1, epoch 1 and ward, epoch 11 have the same label", "D1", ambiguous_label),
    Scheme("fallback key", "a worker without its key used a default one: 1 row in 100,000", "D1", fallback_key),
    Scheme("scattered bit", "each row leaks one bit of the other symbol, at a different position", "D2", scattered_bit),
    Scheme("shared byte", "3 rows in 1,000 got one random byte for both scopes", "D4", shared_byte),
    Scheme(
        "kept ends",
        "both symbols of a few people are in the same tenth of the range, the first or the last",
        "D5",
        kept_ends,
    ),
    Scheme(
        "reserved range",
        "forty special people have the lowest symbols, in one order; rows are shuffled",
        "D7",
        reserved_range,
        True,
    ),
    Scheme("following byte", "in a fifth of rows one byte is the other's plus up to 128", "D8", following_byte),
)
