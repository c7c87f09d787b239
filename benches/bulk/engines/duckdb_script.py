"""DuckDB on all cores, in one statement, without Python functions.

    HMAC-SHA-256(k, n) = sha256((k ^ opad) ‖ unhex(sha256((k ^ ipad) ‖ n)))

`sha256` of a blob gives hex text, and the symbol stays hex text: texts of 32 hex digits sort as their bytes do. Bad
lines are skipped. Numbers that are not twelve ASCII digits are filtered out.
"""

import duckdb

from job import KEPT, NUMBER, SYMBOL_BYTES, Job, parse_job

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def statement(job: Job) -> str:
    inner, outer = (_blob(pad) for pad in job.pads())
    hashed = f"sha256({outer} || unhex(sha256({inner} || encode({NUMBER}))))"
    symbol = f"left({hashed}, {2 * SYMBOL_BYTES})"
    kept = ", ".join(KEPT)
    rows = f"FROM {_roster(job)} WHERE regexp_full_match({NUMBER}, '[0-9]{{12}}')"
    if job.check_digit:
        rows += f" AND {_check_digit()}"
    query = f"SELECT {symbol} AS symbol, {kept} {rows}"
    if job.sort:
        query += " ORDER BY symbol"
    return f"COPY ({query}) TO {_text(job.out)} (FORMAT csv, HEADER true)"


def _roster(job: Job) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in [NUMBER, *KEPT])
    dialect = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', ignore_errors = true"
    return f"read_csv({_text(job.input)}, columns = {{{columns}}}, {dialect})"


def _check_digit() -> str:
    """The check of 平成26年総務省令第85号 第5条 as arithmetic on the whole number. All zeros are refused."""
    digits = [f"CAST({NUMBER} AS UBIGINT) // {10 ** (11 - place)} % 10" for place in range(11)]
    remainder = "(" + " + ".join(f"{weight} * ({digit})" for weight, digit in zip(_WEIGHTS, digits)) + ") % 11"
    check = f"CASE WHEN {remainder} <= 1 THEN 0 ELSE 11 - {remainder} END"
    return f"CAST({NUMBER} AS UBIGINT) % 10 = {check} AND {NUMBER} <> '000000000000'"


def _blob(value: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'::BLOB"


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


if __name__ == "__main__":
    duckdb.connect().execute(statement(parse_job()))
