"""Positive controls: plays of the game that must raise an alarm. They use broken schemes, or the tool against its
rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import delivery
from broken import SCHEMES, Scheme
from delivery import Evidence
from people import Population, with_repeats
from ladder import ELIGIBILITY
from product import RECORD, Product

FIRST, SECOND = "agency/nta/1", "agency/mof/1"


@dataclass(frozen=True)
class Control:
    """A mistake, and the distinguisher that must detect it."""

    name: str
    mistake: str
    finder: str
    evidence: Callable[[], Evidence]


def controls(product: Product, population: Population, seed: int, directory: Path) -> Iterator[Control]:
    """All controls. The process that plays a control makes its files then."""
    for number, scheme in enumerate(SCHEMES):
        random = np.random.default_rng([seed, number])
        yield Control(scheme.name, scheme.mistake, scheme.finder, _of_scheme(scheme, population, random, directory))
    people, block = population.people, population.block

    def known() -> tuple[np.ndarray, np.ndarray]:
        a, b = product.convert(people, (FIRST, SECOND), "input")
        return a, b

    def one_key() -> Evidence:
        both = [product.convert(people, (FIRST,), order)[0] for order in ("input", "symbol")]
        return Evidence((both[0], both[0].copy()), (both[1], both[1].copy()), block=block)

    def kept_order() -> Evidence:
        pairs = known()
        return Evidence(pairs, pairs, block=block)

    def several_rows() -> Evidence:
        files = [file[delivery.order(file)] for file in product.convert(with_repeats(people), (FIRST, SECOND), "input")]
        return Evidence(known(), (files[0], files[1]), block=block)

    def days(first: np.ndarray, second: np.ndarray) -> Evidence:
        a, b = product.convert(first, (FIRST, SECOND))
        later = product.convert(second, (FIRST, SECOND))
        return Evidence(known(), (a, b), (later[0], later[1]), block=block)

    def eligibility() -> Evidence:
        a, b, shared = product.convert(people, (FIRST, SECOND, ELIGIBILITY), "input")
        files, beside = [], []
        for symbols in (a, b):
            file = directory / f"{os.getpid()}-joint.csv"
            delivery.write(file, np.stack([symbols, shared], axis=1)[delivery.order(symbols)])
            read = delivery.read(file)
            files.append(np.ascontiguousarray(read[:, 0]))
            beside.append(np.ascontiguousarray(read[:, 1]))
        return Evidence((a, b), (files[0], files[1]), None, (beside[0], beside[1]), block=block)

    def agency_in_record() -> Evidence:
        a = product.convert(people, (FIRST,), "input")[0]
        # A record whose leaves have the agency's symbols, in the order of those.
        leaves = a[delivery.order(a)]
        return Evidence((a, a.copy()), (a[delivery.order(a)], leaves), block=block)

    def rows_in_record() -> Evidence:
        a, named = product.convert(people, (FIRST, RECORD), "input")
        # A record whose leaves are in the order of the rows that were asked for.
        order = delivery.order(a)
        return Evidence((a, named), (a[order], named[order]), block=block)

    yield Control("one key", "two scopes under one key", "D1", one_key)
    yield Control("order kept", "fugo convert --order input for both", "D12", kept_order)
    yield Control("several rows", "people keep their number of rows", "D11", several_rows)
    yield Control("delta of one", "the next deliveries have one person more", "D12", lambda: days(people[1:], people))
    yield Control("one who left", "the next deliveries have one person less", "D12", lambda: days(people, people[1:]))
    yield Control("agency symbols in the record", "people are named by the symbols of the rows", "D1", agency_in_record)
    yield Control("record in the order of rows", "leaves are not in the order of their own symbols", "D12", rows_in_record)
    yield Control("shared eligibility symbol", "it is in one row with both agencies' symbols", "D1", eligibility)


def _of_scheme(
    scheme: Scheme, population: Population, random: np.random.Generator, directory: Path
) -> Callable[[], Evidence]:
    """Its files are written and read as the real files are: known pairs in the people's order, and deliveries in symbol
    order or shuffled."""

    def evidence() -> Evidence:
        file = directory / f"{os.getpid()}-control.csv"
        known, files, shuffles = [], [], np.random.default_rng(7)
        for symbols in scheme.made(population.people, random):
            order = shuffles.permutation(len(symbols)) if scheme.shuffled else delivery.order(symbols)
            for written, into in ((symbols, known), (symbols[order], files)):
                delivery.write(file, written)
                into.append(delivery.read(file))
        return Evidence((known[0], known[1]), (files[0], files[1]), block=population.block)

    return evidence
