"""pandas, with HMAC in Python for each cell."""

import pandas as pd

from job import KEPT, NUMBER, parse_job, symbol_of


def main() -> None:
    job = parse_job()
    frame = pd.read_csv(job.input, dtype=str, keep_default_na=False)
    frame = frame[frame[NUMBER].str.fullmatch("[0-9]{12}")]
    frame.insert(0, "symbol", [*map(symbol_of(job), frame[NUMBER])])
    if job.sort:
        frame = frame.sort_values("symbol")
    frame.to_csv(job.out, columns=["symbol", *KEPT], index=False)


main()
