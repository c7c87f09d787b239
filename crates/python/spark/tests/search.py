"""Searches whatever bytes there are for a secret, in the forms in which secrets leak."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path


class Search:
    """Finds a secret as it is, in hex, in base64 at any offset, as Python and Java print bytes, and in UTF-16."""

    def __init__(self, secret: bytes) -> None:
        signed = [byte - 256 if byte > 127 else byte for byte in secret]
        self.forms = {
            secret,
            secret.hex().encode(),
            secret.hex().upper().encode(),
            repr(secret)[2:-1].encode(),
            ", ".join(map(str, secret)).encode(),
            ", ".join(map(str, signed)).encode(),
            ",".join(map(str, signed)).encode(),
            *_base64(secret),
        }
        if secret.isascii():
            self.forms |= {secret.decode().encode("utf-16-le"), secret.decode().encode("utf-16-be")}

    def __call__(self, bytes_: bytes) -> bool:
        return any(form in bytes_ for form in self.forms)

    def among(self, blobs: Iterable[bytes]) -> bool:
        return any(map(self, blobs))


def _base64(secret: bytes) -> Iterator[bytes]:
    for offset in range(3):
        # Characters that depend on what comes before and after them are left out.
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(offset) + secret).rstrip(b"=")[(8 * offset + 5) // 6 : (8 * (offset + len(secret))) // 6]


def files(directory: Path) -> Iterator[bytes]:
    for path in directory.rglob("*"):
        try:
            if path.is_file():
                yield path.read_bytes()
        except OSError:
            # Spark removes files while it runs.
            continue
