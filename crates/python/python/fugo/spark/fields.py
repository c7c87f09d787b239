"""Columns of symbols in Spark: BinaryType or text. The field's metadata names the scope."""

from __future__ import annotations

from typing import Literal

from pyspark.sql.types import BinaryType, StringType, StructField

from fugo.spark.errors import DescriptionError
from fugo.spark.sources import KeyFileOnExecutor

#: Spark has no fixed-size binary type.
Output = Literal["binary", "text"]


def symbol_metadata(source: KeyFileOnExecutor) -> dict[str, str]:
    """``fugo.purpose``, ``fugo.scope``, ``fugo.epoch`` and ``fugo.tag``: scope and key tag of a column.

    ``fugo.use`` is ``test`` where test keys are accepted: only executors read what the key file says.
    """
    purpose, scope, epoch = source.scope.split("/")
    is_test = source.test_keys or (source.insurers is not None and source.insurers.test_keys)
    usage = {"fugo.use": "test"} if is_test else {}
    return {"fugo.purpose": purpose, "fugo.scope": scope, "fugo.epoch": epoch, "fugo.tag": source.tag, **usage}


def symbol_type(output: Output) -> BinaryType | StringType:
    if output == "binary":
        return BinaryType()
    if output == "text":
        return StringType()
    raise DescriptionError("output must be `binary` or `text`")


def is_symbol_field(field: StructField) -> bool:
    """Whether a column's metadata says that it holds symbols. Symbols of two scopes in one row link the scopes."""
    return any(key.startswith("fugo.") for key in field.metadata or {})
