"""Re-issued numbers on an executor. A person keeps the symbols of the first number."""

from __future__ import annotations

import csv
from functools import lru_cache

import fugo
from fugo.spark.errors import LineageNotRead

HEADER = ["new", "previous"]


@lru_cache(maxsize=1)
def lineage(path: str | None) -> fugo.Lineage | None:
    """A lineage file (CSV, header ``new,previous``) of this machine, read once per worker; None without a path."""
    if path is None:
        return None
    # Bytes that are not UTF-8 become lone surrogates: a decoding error would hold the file's content.
    with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        lines = csv.reader(file)
        if next(lines, None) != HEADER:
            raise LineageNotRead(f"the lineage file {path} does not start with the header new,previous")
        pairs = []
        for line in lines:
            if len(line) != len(HEADER):
                raise LineageNotRead(f"line {lines.line_num} of the lineage file {path} has {len(line)} fields, not 2")
            if not "".join(line).isascii():
                raise LineageNotRead(f"line {lines.line_num} of the lineage file {path} holds other than ASCII digits")
            pairs.append((line[0], line[1]))
    return fugo.Lineage(pairs)
