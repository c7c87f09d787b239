"""One key on several threads: a column cut into slices, which copies nothing.   python examples/threads.py [--rows N]

Prints rows a second on one thread and on two, measured in turn; free cores decide what the second thread gains.
"""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from roster import number
from side_by_side import KEY, arguments


def derive(column: pa.Array, threads: int) -> pa.ChunkedArray:
    size = -(-len(column) // threads)
    slices = [column.slice(start, size) for start in range(0, len(column), size)]
    with ThreadPoolExecutor(threads) as pool:
        return pa.chunked_array([symbols.to_pyarrow() for symbols in pool.map(KEY.symbols, slices)])


def main() -> None:
    options = arguments(__doc__ or "")
    column = pa.array([number(i) for i in range(1, options.rows + 1)])
    if derive(column, 1).to_pylist() != derive(column, 2).to_pylist():
        raise SystemExit("two threads give other symbols")
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.rounds):
        for threads, seconds in times.items():
            start = time.perf_counter()
            derive(column, threads)
            seconds.append(time.perf_counter() - start)
    ratio = statistics.median(one / two for one, two in zip(times[1], times[2], strict=True))
    for threads, seconds in times.items():
        print(f"{threads} thread(s) {options.rows / statistics.median(seconds):>12,.0f} rows/s")
    print(f"two threads in one's time: {ratio:.2f} times the rows")


if __name__ == "__main__":
    main()
