"""Checks a conversion on the driver, before any job."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import types as T

from fugo.spark.errors import DescriptionError
from fugo.spark.fields import is_symbol_field, symbol_type
from fugo.spark.rows import REJECT, Derivation

#: The types that can be searched for numbers and symbols, and that are equal only if their bytes are.
KEEPABLE = (
    T.StringType,
    T.BooleanType,
    T.ByteType,
    T.ShortType,
    T.IntegerType,
    T.LongType,
    T.DecimalType,
    T.DateType,
    T.TimestampType,
    T.TimestampNTZType,
)


def refuse_what_cannot_be(schema: T.StructType, derivation: Derivation) -> None:
    """Checks the request against the columns of the DataFrame."""
    known = [name.casefold() for name in schema.names]
    for name in [derivation.column, *derivation.keep, *derivation.reference]:
        found = known.count(name.casefold()) if name in schema.names else 0
        if found != 1:
            raise DescriptionError(f"the DataFrame has {found} columns named {name}; exactly one is needed")
    for name in derivation.other_codes:
        if name not in derivation.keep:
            raise DescriptionError(f"other_codes names {name}, which is not kept")
    for names in (derivation.keep, derivation.reference):
        if len(_folded(names)) < len(names):
            raise DescriptionError(f"a column is named twice: {', '.join(names)}")
    for name, source in derivation.outputs:
        if derivation.insurers_tag is None:
            source.check_starts_from_numbers()
        elif source.purpose != "eligibility":
            raise DescriptionError(f"{name}: only eligibility symbols can be derived from insurers' symbols")
    person = schema[derivation.column].dataType
    integers = isinstance(person, T.LongType) and derivation.restore_zeros and derivation.insurers_tag is None
    if not isinstance(person, T.StringType) and not integers:
        raise DescriptionError(
            f"the column {derivation.column} is of type {person.typeName()}; it must be string,"
            " or bigint with restore_zeros, because an integer has lost its leading zeros"
        )
    if not derivation.outputs:
        raise DescriptionError("name at least one key")
    symbol_type(derivation.form)
    for name in derivation.keep:
        field = schema[name]
        if is_symbol_field(field):
            raise DescriptionError(
                f"the kept column {name} holds symbols; two scopes' symbols in one row link the scopes"
            )
        if not isinstance(field.dataType, KEEPABLE):
            raise DescriptionError(
                f"the kept column {name} is of type {field.dataType.typeName()}, which is not searched for numbers:"
                " keep text, whole numbers, decimals, booleans, dates or times"
            )
        if isinstance(field.dataType, T.StringType) and field.dataType != T.StringType():
            raise DescriptionError(
                f"the kept column {name} has a collation, under which cells that differ may count as equal:"
                " collate it UTF8_BINARY"
            )
    if derivation.column in (*derivation.keep, *derivation.reference):
        raise DescriptionError(f"the column {derivation.column} holds the numbers, which no output may have")
    beside = _folded((*derivation.keep, *derivation.reference))
    for name, _ in derivation.outputs:
        if not isinstance(name, str) or not name:
            raise DescriptionError("each output needs a name")
        if name.casefold() == "outcome":
            raise DescriptionError("the list of duplicates already has a column named outcome: rename the output")
        if name.casefold() in beside:
            raise DescriptionError(f"the output {name} and another column have the same name")
    taken = {*REJECT, "outcome", "key"} & _folded(derivation.reference)
    if taken:
        raise DescriptionError(f"a list already has columns named {', '.join(sorted(taken))}: rename the reference")


def _folded(names: Iterable[str]) -> set[str]:
    """Names as Spark compares them: without case, unless the session says otherwise."""
    return {name.casefold() for name in names}
