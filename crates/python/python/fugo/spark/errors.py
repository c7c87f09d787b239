"""What can go wrong between Spark, keys and rows. Names, kinds and places, never a value."""

from __future__ import annotations


class DescriptionError(ValueError):
    """What was asked for cannot be done. Raised on the driver, before any job."""


class KeyNotOpened(RuntimeError):
    """A key cannot be had on an executor, or is not the one that was described."""


class LineageNotRead(ValueError):
    """A lineage file is not one, on an executor."""


class RefusedColumn(ValueError):
    """Kept columns hold numbers, or are made of numbers or symbols. ``columns`` names them."""

    def __init__(self, columns: tuple[str, ...], what: str) -> None:
        super().__init__(columns, what)
        self.columns = columns

    def __str__(self) -> str:
        return f"the kept columns {', '.join(self.columns)} hold what must not be kept: {self.args[1]}"


class RefusedRow(ValueError):
    """A row gives no symbol, and the job was told to fail then. ``kind`` is the reason, in one word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[1])


class TotalsError(RuntimeError):
    """What was read is not what was converted, rejected and set aside. What was written is not to be used."""
