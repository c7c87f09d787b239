"""The cost of a call of the Python package:   call_cost.py KEYFILE

Makes a million numbers. Then it answers each line of standard input with the total nanoseconds of:
`one N`: N calls of `key.symbol(str)`; `batch SIZE N`: N calls of `key.symbols` on a pyarrow string array of SIZE rows;
`numpy SIZE N`: the same on a NumPy array of dtype S12; `quit`.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pyarrow as pa

import fugo

COUNT = 1_000_000


def numbers() -> list[str]:
    bodies = (f"{i * 98_765_431 % 10**11:011}" for i in range(1, COUNT + 1))
    return [f"{body}{fugo.check_digit(body)}" for body in bodies]


def main() -> None:
    scope_key = fugo.KeyFile.load(sys.argv[1], test_keys=True).scope_key
    if not isinstance(scope_key, fugo.ScopeKey):
        raise SystemExit("the key file must hold a scope key")
    key = fugo.SymbolKey(scope_key)
    texts = numbers()
    arrow, fixed = pa.array(texts, pa.string()), np.array(texts, dtype="S12")
    for line in sys.stdin:
        match line.split():
            case ["one", count]:
                given = [texts[i % COUNT] for i in range(int(count))]
                start = time.perf_counter_ns()
                for text in given:
                    key.symbol(text)
            case ["batch" | "numpy" as layout, size, count]:
                column = arrow.slice(0, int(size)) if layout == "batch" else fixed[: int(size)]
                start = time.perf_counter_ns()
                for _ in range(int(count)):
                    key.symbols(column)
            case ["quit"]:
                return
            case _:
                raise SystemExit("a line is `one N`, `batch SIZE N`, `numpy SIZE N` or `quit`")
        print(time.perf_counter_ns() - start, flush=True)


if __name__ == "__main__":
    main()
