"""The derivation by Python's standard library, from docs/spec.md alone, and numbers to try it on."""

from __future__ import annotations

import hashlib
import hmac

ROOT = bytes(range(32))

_CODES = {"agency": 1, "insurers": 2, "eligibility": 3, "network": 4, "research": 5, "registry": 6, "portal": 7}
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def number(i: int) -> str:
    """The number whose body is i, times a factor that spreads bodies."""
    body = f"{i * 98765431 % 10**11:011}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS)) % 11
    return body + str(0 if rest <= 1 else 11 - rest)


def numbers(count: int) -> list[str]:
    return [number(i) for i in range(1, count + 1)]


def scope_key(scope: str) -> bytes:
    purpose, scope_id, epoch = scope.split("/")
    name = scope_id.encode()
    label = b"fugo\x01" + bytes([_CODES[purpose]]) + int(epoch).to_bytes(4, "big") + bytes([len(name)]) + name
    return hmac.digest(ROOT, label + b"\x01", hashlib.sha256)


def tag(scope: str) -> str:
    return hmac.digest(scope_key(scope), b"fugo\x01tag\x01", hashlib.sha256)[:4].hex()


def symbol(scope: str, digits: str) -> bytes:
    message = digits.encode()
    if scope.startswith("eligibility/"):
        message = symbol("insurers/all/1", digits)
    return hmac.digest(scope_key(scope), message, hashlib.sha256)[:16]
