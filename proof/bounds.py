#!/usr/bin/env python3
"""Computes the figures of unlinkability.md from the theorems' own formulas, with exact fractions.

usage: bounds.py           print the table
       bounds.py --check   compare it with the table in unlinkability.md
       bounds.py --write   write it to unlinkability.md
"""
import math
import pathlib
import sys
from fractions import Fraction

PERSONS = 125_000_000
SCOPES = 3_000
NUMBERS = 10**11
ELIGIBILITY_SCOPES = 1
OFFLINE = 100  # log2 of the evaluations that a key search may make
BEGIN, END = "<!-- bounds.py -->", "<!-- /bounds.py -->"


def pairs(n):
    return Fraction(n * (n - 1), 2)


def log2(x):
    return f"2^{math.log2(x.numerator) - math.log2(x.denominator):.1f}"


def rows():
    questions = PERSONS + 1  # the symbol of every person, and the tag
    inner = pairs(questions) / 2**256
    ladder = 2 * pairs(SCOPES + 1) / 2**256
    chain = pairs(NUMBERS) / 2**128
    direct = SCOPES - ELIGIBILITY_SCOPES
    scopes = 2 * direct * inner + 6 * ELIGIBILITY_SCOPES * inner
    # three compression terms for each HMAC: dual, inner, outer
    prf_terms = 3 * (2 + 2 * direct + 6 * ELIGIBILITY_SCOPES + 5 * ELIGIBILITY_SCOPES)
    search = prf_terms * Fraction(2**OFFLINE, 2**256)
    chain_digest = 5 * ELIGIBILITY_SCOPES * pairs(NUMBERS) / 2**256
    yield "inner HMAC values that collide, one scope: C(n,2)/2^256", log2(inner)
    yield f"the same over all scopes, 2 hops a scope, {ELIGIBILITY_SCOPES} eligibility scope with 6", log2(scopes)
    yield "key ladder: 2 C(q+1,2)/2^256", log2(ladder)
    yield "eligibility chain: two of 10^11 numbers with one insurers' symbol, C(10^11,2)/2^128", log2(chain)
    yield "the same as the theorem counts it, 5 times for each eligibility scope", log2(5 * ELIGIBILITY_SCOPES * chain)
    yield "inner HMAC values of the 10^11 questions behind it, 5 C(10^11,2)/2^256", log2(chain_digest)
    yield "number of compression-function terms", f"{prf_terms:,}"
    yield f"their sum if each is a key search with 2^{OFFLINE} evaluations (the best attack that is known)", log2(search)
    yield "total without eligibility scopes, if no better attack exists", log2(
        2 * SCOPES * inner + ladder + 3 * (2 + 2 * SCOPES) * Fraction(2**OFFLINE, 2**256))
    yield "total with one eligibility scope, if no better attack exists", log2(
        scopes + ladder + 5 * ELIGIBILITY_SCOPES * chain + chain_digest + search)
    yield "two persons with one symbol, one scope: C(n,2)/2^128", log2(pairs(PERSONS) / 2**128)
    yield f"two persons with one symbol, some of {SCOPES:,} scopes", log2(SCOPES * pairs(PERSONS) / 2**128)


def table():
    lines = ["| term | size |", "|---|---|"]
    lines += [f"| {name} | {size} |" for name, size in rows()]
    return "\n".join(lines)


def main():
    document = pathlib.Path(__file__).with_name("unlinkability.md")
    if sys.argv[1:] not in ([], ["--check"], ["--write"]):
        sys.exit(__doc__)
    if not sys.argv[1:]:
        print(table())
        return
    text = document.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    if sys.argv[1] == "--write":
        document.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    elif old.strip() != table():
        sys.exit("the figures in unlinkability.md are stale: run python3 proof/bounds.py --write")


main()
