"""Markdown tables, and figures in a readable form."""

from __future__ import annotations

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Markdown. The first `left` columns are text, the others are figures."""
    rule = ["---" if column < left else "---:" for column in range(len(header))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def count(value: float) -> str:
    """12,345"""
    return f"{value:,.0f}"


def megabytes(value: int | None) -> str:
    """MB of 10^6 bytes."""
    return "not told" if value is None else f"{value / 1e6:,.0f}"


def seconds(value: float) -> str:
    """Two decimals."""
    return f"{value:,.2f}"
