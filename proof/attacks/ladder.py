"""The construction's key derivation (docs/spec.md, sections 2 and 3), for an attacker who guesses keys."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from delivery import SYMBOL

Derive = Callable[[bytes], bytes]
_PURPOSES = {"agency": 1, "insurers": 2, "eligibility": 3, "network": 4, "research": 5, "registry": 6, "portal": 7}
INSURERS, ELIGIBILITY = "insurers/all/1", "eligibility/all/1"


def label(scope: str) -> bytes:
    """"fugo" ‖ 1 ‖ purpose ‖ epoch, four bytes ‖ length of the id ‖ id."""
    purpose, name, epoch = scope.split("/")
    return b"fugo\x01" + bytes([_PURPOSES[purpose]]) + int(epoch).to_bytes(4, "big") + bytes([len(name)]) + name.encode()


def under_key(key: bytes) -> Derive:
    """HMAC-SHA-256(key, number)[0..16]."""
    return lambda number: hmac.digest(key, number, "sha256")[:SYMBOL]


def under_root(root: bytes, scope: str) -> Derive:
    """The symbols of the real construction under this root key."""
    key = hmac.digest(root, label(scope) + b"\x01", "sha256")
    if scope != ELIGIBILITY:
        return under_key(key)
    insurers, eligibility = under_root(root, INSURERS), under_key(key)
    return lambda number: eligibility(insurers(number))


def unkeyed(prefix: bytes) -> Derive:
    """SHA-256(prefix ‖ number)[0..16]."""
    return lambda number: hashlib.sha256(prefix + number).digest()[:SYMBOL]
