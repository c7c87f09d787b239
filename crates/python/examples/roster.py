"""A made-up roster for the examples, with the dirt of real ones. No number in it was looked up anywhere."""

from __future__ import annotations

import fugo


def number(i: int) -> str:
    """The number whose body is i, spread over all bodies."""
    body = f"{i * 98_765_431 % 10**11:011}"
    return f"{body}{fugo.check_digit(body)}"


def roster(rows: int) -> dict[str, list[str | None]]:
    """`my`: numbers, of which one in a hundred is written as people write them, one cut short, one missing; `ward`."""
    numbers: list[str | None] = [number(i) for i in range(1, rows + 1)]
    for i in range(0, rows, 100):
        text = number(i + 1)
        numbers[i] = f"{text[:4]}-{text[4:8]}-{text[8:]}"
    for i in range(50, rows, 100):
        numbers[i] = number(i + 1)[:11]
    for i in range(75, rows, 100):
        numbers[i] = None
    return {"my": numbers, "ward": [f"ward {i % 23}" for i in range(rows)]}
