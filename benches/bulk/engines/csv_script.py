"""Python's csv module, on one thread, as in a usual script."""

import csv

from job import KEPT, parse_job, symbol_of


def main() -> None:
    job = parse_job()
    symbol = symbol_of(job)
    text = {"encoding": "utf-8", "newline": ""}
    with open(job.input, **text) as source, open(job.out, "w", **text) as out:
        rows = csv.reader(source)
        next(rows)
        found = (
            [symbol(number), *kept]
            for number, *kept in rows
            if len(number) == 12 and number.isascii() and number.isdigit()
        )
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["symbol", *KEPT])
        writer.writerows(sorted(found) if job.sort else found)


main()
