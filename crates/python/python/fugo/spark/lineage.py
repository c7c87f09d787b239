"""Re-issued numbers on an executor: a person keeps the symbols of the first number."""

from __future__ import annotations

import csv
from functools import lru_cache

import fugo
from fugo.spark.errors import LineageNotRead

HEADER = ["new", "previous"]


@lru_cache(maxsize=1)
def lineage(path: str | None) -> fugo.Lineage | None:
    """A lineage file (CSV, header ``new,previous``) of this machine, read once in a worker; none without a path."""
    if path is None:
        return None
    # What is no UTF-8 comes through as lone surrogates: an error of decoding would hold the file.
    with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        lines = csv.reader(file)
        if next(lines, None) != HEADER:
            raise LineageNotRead(f"the lineage file {path} begins with another header than new,previous")
        pairs = []
        for line in lines:
            if len(line) != len(HEADER):
                raise LineageNotRead(f"line {lines.line_num} of the lineage file {path} has {len(line)} fields, not 2")
            if not "".join(line).isascii():
                raise LineageNotRead(f"line {lines.line_num} of the lineage file {path} holds other than ASCII digits")
            pairs.append((line[0], line[1]))
    return fugo.Lineage(pairs)
