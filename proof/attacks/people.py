"""Invented people: valid numbers from one dense block of bodies, so that all numbers of the block can be enumerated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The weights of the eleven digits of the body, from left to right (平成26年総務省令第85号 第5条).
_WEIGHTS = np.array([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], dtype=np.int64)
# The block holds this many numbers per person.
DENSITY = 2


def numbers(bodies: np.ndarray) -> np.ndarray:
    """The numbers of these bodies, twelve digits each, as (n, 12) ASCII bytes."""
    powers = 10 ** np.arange(10, -1, -1, dtype=np.int64)
    digits = (bodies[:, None] // powers) % 10
    remainder = (digits * _WEIGHTS).sum(axis=1) % 11
    check = np.where(remainder <= 1, 0, 11 - remainder)
    return (np.concatenate([digits, check[:, None]], axis=1) + ord("0")).astype(np.uint8)


@dataclass(frozen=True)
class Population:
    """People in a random order, and the block of all numbers from which theirs are drawn."""

    people: np.ndarray
    block: np.ndarray

    @classmethod
    def draw(cls, count: int, random: np.random.Generator) -> Population:
        first = int(random.integers(10**9, 10**11 - DENSITY * count))
        bodies = np.arange(first, first + DENSITY * count, dtype=np.int64)
        chosen = random.choice(len(bodies), size=count, replace=False)
        return cls(numbers(bodies[chosen]), numbers(bodies))


def with_repeats(people: np.ndarray) -> np.ndarray:
    """The people, and for person i of the first forty, i + 1 more rows."""
    return np.concatenate([people, *(np.repeat(people[i : i + 1], i + 1, axis=0) for i in range(40))])


def texts(people: np.ndarray) -> list[bytes]:
    """Each number as twelve bytes."""
    whole = people.tobytes()
    return [whole[at : at + 12] for at in range(0, len(whole), 12)]
