"""Made-up people, and two files of symbols of them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

PREFECTURES = [("東京都", 14), ("神奈川県", 9), ("大阪府", 9), ("愛知県", 8), ("埼玉県", 7), ("千葉県", 6), ("兵庫県", 5),
               ("北海道", 5), ("福岡県", 5), ("静岡県", 4), ("広島県", 3), ("京都府", 3), ("宮城県", 3), ("新潟県", 3)]
SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水".split()
KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワガギグゲゴザジズゼゾダデドバビブベボパピプペポ"


@dataclass
class Person:
    number: str
    born: date
    sex: str
    prefecture: str
    postcode: str
    income: int
    name: str
    phone: str
    member: int
    household: int
    entered: int  # milliseconds since 1970


@dataclass
class Pair:
    """Two files, what is expected of the audit, and how many people really link."""

    files: list[tuple[list[str], list[list[str]]]]
    args: list[str] = field(default_factory=list)
    linked: float = 0.0
    expected: str = ""


def check_digit(body: str) -> str:
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights)) % 11
    return "0" if rest <= 1 else str(11 - rest)


def people(draw: random.Random, count: int) -> list[Person]:
    names, weights = zip(*PREFECTURES)
    bodies = draw.sample(range(10**10, 10**11), count)
    members = draw.sample(range(10**7, 10**8), count)
    entered = sorted(draw.sample(range(1_600_000_000_000, 1_750_000_000_000), count))
    made = []
    for i, body in enumerate(bodies):
        prefecture = draw.choices(names, weights)[0]
        made.append(Person(
            number=f"{body}{check_digit(str(body))}",
            born=date(1930, 1, 1) + timedelta(days=draw.randrange(31_000)),
            sex=draw.choice("12"),
            prefecture=prefecture,
            postcode=f"{draw.randrange(10_000, 9_999_999):07}",
            income=int(draw.lognormvariate(15.2, 0.6)),
            name=draw.choice(SURNAMES) + " " + "".join(draw.choices(KANA, k=6)),
            phone=f"090{draw.randrange(10**8):08}",
            member=members[i],
            household=i // 2,
            entered=entered[i],
        ))
    return made


def right_guesses(a: list, b: list) -> float:
    """Σ (people who are in both groups) / (size of the larger group). `a` and `b` are (person, value); values that are
    None match nobody."""
    groups = [defaultdict(set), defaultdict(set)]
    for side, rows in enumerate((a, b)):
        for person, value in rows:
            if value is not None:
                groups[side][value].add(person)
    return sum(len(groups[0][value] & others) / max(len(groups[0][value]), len(others))
               for value, others in groups[1].items() if value in groups[0])


def smallest_group(values) -> int:
    return min(Counter(values).values())


def symbols(draw: random.Random, count: int) -> list[str]:
    return [f"{draw.getrandbits(128):032x}" for _ in range(count)]


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text

    lines = [",".join(header), *(",".join(cell(value) for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
