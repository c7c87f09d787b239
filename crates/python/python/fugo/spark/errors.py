"""The exceptions of fugo on Spark. They hold names, kinds and positions, never a value."""

from __future__ import annotations


class DescriptionError(ValueError):
    """The request cannot be carried out. Raised on the driver, before any job."""


class KeyNotOpened(RuntimeError):
    """An executor cannot open the key, or its key is not the one that was described."""


class LineageNotRead(ValueError):
    """The lineage file on an executor is not valid."""


class RefusedColumn(ValueError):
    """Kept columns hold numbers, or are made of numbers or symbols. ``columns`` names them."""

    def __init__(self, columns: tuple[str, ...], what: str) -> None:
        super().__init__(columns, what)
        self.columns = columns

    def __str__(self) -> str:
        return f"the kept columns {', '.join(self.columns)} hold values that must not be kept: {self.args[1]}"


class RefusedRow(ValueError):
    """A row was refused, and the job was told to fail in this case. ``kind`` is the reason, in one word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[1])


class TotalsError(RuntimeError):
    """The rows that were read are not the rows that were converted, rejected and set aside. Do not use the output."""
