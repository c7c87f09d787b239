"""One leaky pair for each way in which two files can link, and clean pairs of each kind.

A way gives two lists of columns, `{header: [cell, …]}`, for the same people unless it says otherwise. `value` is what the
two sides have in common, so that the truth does not depend on how the cells are written.
"""

from __future__ import annotations

import base64
import hashlib
import random
import uuid
from datetime import date, datetime, timedelta, timezone

from people import Pair, Person, people, right_guesses, smallest_group, symbols

EPOCH = date(1970, 1, 1)
TODAY = date.today()


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def half_kana(text: str) -> str:
    full = "ガギグゲゴザジズゼゾダデドバビブベボパピプペポアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
    half = ("ｶﾞ ｷﾞ ｸﾞ ｹﾞ ｺﾞ ｻﾞ ｼﾞ ｽﾞ ｾﾞ ｿﾞ ﾀﾞ ﾃﾞ ﾄﾞ ﾊﾞ ﾋﾞ ﾌﾞ ﾍﾞ ﾎﾞ ﾊﾟ ﾋﾟ ﾌﾟ ﾍﾟ ﾎﾟ ｱ ｲ ｳ ｴ ｵ ｶ ｷ ｸ ｹ ｺ ｻ ｼ ｽ ｾ ｿ ﾀ ﾁ ﾂ ﾃ ﾄ ﾅ ﾆ ﾇ ﾈ ﾉ ﾊ ﾋ ﾌ ﾍ ﾎ "
            "ﾏ ﾐ ﾑ ﾒ ﾓ ﾔ ﾕ ﾖ ﾗ ﾘ ﾙ ﾚ ﾛ ﾜ").split()
    return "".join(half[full.index(sign)] if sign in full else sign for sign in text)


def hiragana(text: str) -> str:
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in text)


def era(born: date) -> tuple[str, str, int, int]:
    for name, letter, digit, first in [("令和", "R", 5, date(2019, 5, 1)), ("平成", "H", 4, date(1989, 1, 8)),
                                       ("昭和", "S", 3, date(1926, 12, 25))]:
        if born >= first:
            return name, letter, digit, born.year - first.year + 1
    raise ValueError


def rounded(value: int, digits: int) -> int:
    unit = 10 ** max(0, len(str(value)) - digits)
    return (value + unit // 2) // unit * unit


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


# How the second file writes a value of the first one.
DATES = {
    "20010203": lambda d: f"{d:%Y%m%d}",
    "2001/02/03": lambda d: f"{d:%Y/%m/%d}",
    "2001.02.03": lambda d: f"{d:%Y.%m.%d}",
    "full width": lambda d: wide(d.isoformat()),
    "space at the end": lambda d: d.isoformat() + " ",
    "2001/2/3": lambda d: f"{d.year}/{d.month}/{d.day}",
    "T00:00:00": lambda d: d.isoformat() + "T00:00:00",
    "00:00:00": lambda d: d.isoformat() + " 00:00:00",
    "H13.2.3": lambda d: f"{era(d)[1]}{era(d)[3]}.{d.month}.{d.day}",
    "平成13年2月3日": lambda d: f"{era(d)[0]}{'元' if era(d)[3] == 1 else era(d)[3]}年{d.month}月{d.day}日",
    "4130203": lambda d: f"{era(d)[2]}{era(d)[3]:02}{d:%m%d}",
    "2001年02月03日": lambda d: f"{d.year}年{d.month:02}月{d.day:02}日",
    "03/02/2001": lambda d: f"{d:%d/%m/%Y}",
    "02/03/2001": lambda d: f"{d:%m/%d/%Y}",
    "010203": lambda d: f"{d:%y%m%d}",
    "02/03/01": lambda d: f"{d:%m/%d/%y}",
    "03.02.01": lambda d: f"{d:%d.%m.%y}",
    "serial of a spreadsheet": lambda d: str((d - date(1899, 12, 30)).days),
    "days since 1970": lambda d: str((d - EPOCH).days),
    "seconds since 1970": lambda d: str((d - EPOCH).days * 86_400),
    "midnight of Japan in UTC": lambda d: f"{d - timedelta(days=1)}T15:00:00Z",
    "age in days": lambda d: str((TODAY - d).days),
}
# Those without the century.
SHORT = ("010203", "02/03/01", "03.02.01")
POSTCODES = {
    "full width": wide,
    "zeros lost": lambda code: str(int(code)),
    "100-0001": lambda code: f"{code[:3]}-{code[3:]}",
    "〒100-0001": lambda code: f"〒{code[:3]}-{code[3:]}",
    "U+2212": lambda code: f"{code[:3]}\u2212{code[3:]}",
    "U+2010": lambda code: f"{code[:3]}\u2010{code[3:]}",
    "U+30FC": lambda code: f"{code[:3]}ー{code[3:]}",
    "invisible character": lambda code: f"{code[:3]}\u200b{code[3:]}",
}
AMOUNTS = {
    "1,234,567": lambda n: f"{n:,}",
    "¥1,234,567": lambda n: f"¥{n:,}",
    "1234567円": lambda n: f"{n}円",
    "1234567.00": lambda n: f"{n}.00",
    "1234567.0": lambda n: f"{n}.0",
    "+1234567": lambda n: f"+{n}",
    "001234567": lambda n: f"{n:010}",
    "1.234567e6": lambda n: f"{n:e}",
}
# A rounding of what the first file has: the value that both have in common is the rounding.
ROUNDINGS = {
    "to 1,000": lambda n: (n + 500) // 1000 * 1000,
    "to 1,000, down": lambda n: n // 1000 * 1000,
    "to three digits": lambda n: rounded(n, 3),
    "to four digits": lambda n: rounded(n, 4),
    "千円": lambda n: (n + 500) // 1000,
}
NAMES = {
    "half width": half_kana,
    "hiragana": hiragana,
    "without spaces": lambda name: name.replace(" ", ""),
    "ideographic space": lambda name: name.replace(" ", "\u3000"),
}


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


OF_NUMBER = {
    "SHA-256 in hexadecimal": lambda n: sha(n).hex(),
    "SHA-256 in base64": lambda n: base64.b64encode(sha(n)).decode(),
    "SHA-256, truncated": lambda n: sha(n).hex()[:20],
    "SHA-1": lambda n: hashlib.sha1(n.encode()).hexdigest(),
    "MD5": lambda n: hashlib.md5(n.encode()).hexdigest(),
    "base64": lambda n: base64.b64encode(n.encode()).decode(),
    "hexadecimal digits": lambda n: n.encode().hex(),
    "reversed": lambda n: n[::-1],
}
OF_SYMBOL = {
    "SHA-256 of its digits": lambda s: sha(s).hex(),
    "SHA-256 of its bytes, base64": lambda s: base64.b64encode(hashlib.sha256(bytes.fromhex(s)).digest()).decode(),
    "MD5 of its digits": lambda s: hashlib.md5(s.encode()).hexdigest(),
    "hexadecimal digits": lambda s: s,
    "as a UUID": lambda s: str(uuid.UUID(s)),
    "with 0x": lambda s: "0x" + s,
    "base64": lambda s: base64.b64encode(bytes.fromhex(s)).decode(),
    "reversed": lambda s: s[::-1],
    "in a sentence": lambda s: f"ref={s}; ok",
    "truncated": lambda s: s[:20],
    "as an integer of 64 bits": lambda s: str(int.from_bytes(bytes.fromhex(s[:16]), "big", signed=True)),
}


def pair(draw: random.Random, sides, args=(), linked=0.0, expected="columns", sort=True) -> Pair:
    """Writes each side, (people, columns of its own), with symbols of its own and in symbol order."""
    files = []
    for side in sides:
        columns = side if isinstance(side, dict) else side[1]
        count = len(next(iter(columns.values()))) if columns else side[0]
        own = columns.pop("symbol", None) or symbols(draw, count)
        rows = [[own[i], *(cells[i] for cells in columns.values())] for i in range(count)]
        if sort is True or (sort == "first" and not files):
            rows.sort(key=lambda row: row[0])
        files.append((["symbol", *columns], rows))
    return Pair(files=files, args=list(args), linked=linked, expected=expected)


def common(draw, all_people, value, one, other, headers=("value", "value"), **more) -> Pair:
    """The same people, with a value that each file writes in its own way."""
    truth = [(i, value(person)) for i, person in enumerate(all_people)]
    sides = [{headers[0]: [one(p) for p in all_people]}, {headers[1]: [other(p) for p in all_people]}]
    return pair(draw, sides, linked=right_guesses(truth, truth), **more)


def leaky(draw: random.Random, count: int):
    """(name, function that makes the pair)"""
    make = lambda: people(draw, count)  # noqa: E731
    for name, form in DATES.items():
        for headers in [("birth_date", "birth_date"), ("birth_date", "dob")]:
            # Two digits of the year are two centuries.
            value = (lambda p: p.born.strftime("%y%m%d")) if name in SHORT else (lambda p: p.born)
            yield (f"birth date as {name}, {'one name' if headers[0] == headers[1] else 'two names'}",
                   lambda form=form, headers=headers, value=value: common(
                       draw, make(), value, lambda p: p.born.isoformat(), lambda p: form(p.born), headers))
    for one, other in [("serial of a spreadsheet", "days since 1970"), ("010203", "02/03/01")]:
        value = (lambda p: p.born.strftime("%y%m%d")) if one in SHORT else (lambda p: p.born)
        yield (f"birth date as {one} and as {other}", lambda one=one, other=other, value=value: common(
            draw, make(), value, lambda p: DATES[one](p.born), lambda p: DATES[other](p.born), ("birth_date", "dob")))
    for name, form in POSTCODES.items():
        yield (f"postcode: {name}", lambda form=form: common(
            draw, make(), lambda p: p.postcode, lambda p: p.postcode, lambda p: form(p.postcode), ("zip", "postcode")))
    for name, form in AMOUNTS.items():
        yield (f"amount as {name}", lambda form=form: common(
            draw, make(), lambda p: p.income, lambda p: str(p.income), lambda p: form(p.income), ("income", "amount")))
    for name, form in ROUNDINGS.items():
        yield (f"amount rounded: {name}", lambda form=form: common(
            draw, make(), lambda p: form(p.income), lambda p: str(p.income), lambda p: str(form(p.income)),
            ("income", "income")))
    for name, form in NAMES.items():
        yield (f"name: {name}", lambda form=form: common(
            draw, make(), lambda p: p.name, lambda p: p.name, lambda p: form(p.name), ("name", "氏名")))
    times = {
        "milliseconds later": lambda t: f"{moment(t + draw.randrange(1, 40)):%Y-%m-%dT%H:%M:%S.%f}"[:-3],
        "to the second": lambda t: f"{moment(t):%Y-%m-%d %H:%M:%S}",
        "UTC for Japan's time": lambda t: f"{moment(t) - timedelta(hours=9):%Y-%m-%d %H:%M:%S}",
        "with its zone": lambda t: moment(t).isoformat(timespec="milliseconds"),
        "milliseconds since 1970": str,
        "as 14 digits": lambda t: f"{moment(t):%Y%m%d%H%M%S}",
    }
    for name, form in times.items():
        yield (f"time: {name}", lambda form=form: common(
            draw, make(), lambda p: p.entered // 1000, lambda p: f"{moment(p.entered):%Y-%m-%dT%H:%M:%S.%f}"[:-3],
            lambda p: form(p.entered), ("at", "time")))
    yield ("code as an integer and as text with zeros", lambda: common(
        draw, make(), lambda p: p.member, lambda p: str(p.member % 10**6 + 1000), lambda p: f"{p.member % 10**6 + 1000:010}",
        ("code", "code")))
    yield ("empty cell under the same name, the value under another", lambda: hidden(draw, make(), 1))
    yield ("telephone numbers under swapped names, one in ten empty", lambda: hidden(draw, make(), 10))
    yield ("households of two", lambda: common(
        draw, make(), lambda p: p.household, lambda p: f"h{p.household}", lambda p: f"H{p.household}", ("h", "household")))
    yield ("groups of four", lambda: common(
        draw, make(), lambda p: p.household // 2, lambda p: f"h{p.household // 2}", lambda p: f"h{p.household // 2}"))
    yield ("one person with a rare value", lambda: one_person(draw, make()))
    yield ("five people among other values", lambda: five_people(draw, make()))
    yield ("a tenth of the people in the second file", lambda: subset(draw, make(), 0.1))
    yield ("four fifths of the people in each file", lambda: subset(draw, make(), 0.8, both=True))
    yield ("a part of the codes of people with several rows", lambda: several_values(draw, make()))
    yield ("several coarse columns together", lambda: coarse(draw, make()))
    yield ("birth year and birth date, with prefecture and sex", lambda: years(draw, make()))
    yield ("age and birth date, with the first digits of the postcode", lambda: ages(draw, make()))
    yield ("forty yes-or-no columns", lambda: flags(draw, make(), 40, 0))
    yield ("twenty yes-or-no columns among twenty of each file's own", lambda: flags(draw, make(), 20, 20))
    for name, form in OF_NUMBER.items():
        yield (f"number: {name}", lambda form=form: of_number(draw, make(), form))
    for name, form in OF_SYMBOL.items():
        yield (f"the other file's symbol: {name}", lambda form=form: of_symbol(draw, make(), form))
    yield ("the number itself, in groups", lambda: pair(
        draw, [{"ref": [f"{p.number[:4]}-{p.number[4:8]}-{p.number[8:]}" for p in make()]}, (count, {})],
        linked=count, expected="numbers"))
    yield ("serial numbers of the order of entry", lambda: serials(draw, make(), 1.0, "{}"))
    yield ("serial numbers in codes", lambda: serials(draw, make(), 1.0, "K{:06}"))
    yield ("serial numbers of four fifths of the people each", lambda: serials(draw, make(), 0.8, "{}"))
    yield ("both files in the order of entry", lambda: pair(
        draw, [(count, {"sex": [p.sex for p in make()]}), (count, {"prefecture": [p.prefecture for p in make()]})],
        linked=count, expected="order", sort=False))
    yield ("one file in the order of entry", lambda: pair(
        draw, [(count, {"sex": [p.sex for p in make()]}), (count, {"prefecture": [p.prefecture for p in make()]})],
        linked=count, expected="order", sort="first"))
    for share, columns in [(10, ["born", "postcode"]), (5, ["year", "sex", "area"]), (10, ["year", "sex", "area", *LABS])]:
        yield (f"one person in {share} is in both files: {len(columns)} columns",
               lambda share=share, columns=columns: few_in_both(draw, count, count, share, columns))
    yield ("a small file, of which a third is in a large one: 4 columns",
           lambda: few_in_both(draw, count, count // 10, 3, ["born", "sex", "prefecture", "area"]))
    yield ("people with several rows", lambda: several_rows(draw, make()))
    yield ("symbols that are in both files", lambda: equal_symbols(draw, make()))
    yield ("two deliveries of one scope, few people new", lambda: two_days(draw, make(), "new"))
    yield ("two deliveries of one scope, few people changed", lambda: two_days(draw, make(), "moved"))
    yield ("two deliveries of one scope, few people changed and a date in every row", lambda: two_days(draw, make(), "dated"))
    yield ("few people", lambda: pair(draw, [(900, {"sex": [p.sex for p in make()[:900]]})] * 2, linked=0, expected="few-rows"))


def hidden(draw, all_people, every):
    empty = [i % every == 0 and i > 0 if every > 1 else i == 0 for i in range(len(all_people))]
    truth = [(i, None if empty[i] else p.phone) for i, p in enumerate(all_people)]
    own = [f"080{draw.randrange(10**8):08}" for _ in all_people]
    a = {"tel": ["" if hide else p.phone for p, hide in zip(all_people, empty)]}
    b = {"tel": ["" if hide else value for value, hide in zip(own, empty)], "tel2": a["tel"][:]}
    return pair(draw, [a, b], linked=right_guesses(truth, truth))


def one_person(draw, all_people):
    places = ["東京都", "大阪府"]
    cells = [places[i % 2] for i in range(len(all_people))]
    cells[7] = "沖縄県"
    return pair(draw, [{"prefecture": cells}, {"prefecture": cells[:]}], linked=1)


def five_people(draw, all_people):
    a = [f"{draw.getrandbits(60):x}z" for _ in all_people]
    b = [f"{draw.getrandbits(60):x}z" for _ in all_people]
    b[:5] = a[:5]
    return pair(draw, [{"code": a}, {"code": b}], linked=5)


def subset(draw, all_people, share, both=False):
    a = [p for p in all_people if not both or draw.random() < share]
    b = [p for p in all_people if draw.random() < share]
    truth = [[(p.number, p.born) for p in side] for side in (a, b)]
    return pair(draw, [{"birth_date": [p.born.isoformat() for p in side]} for side in (a, b)], linked=right_guesses(*truth))


def several_values(draw, all_people):
    own = symbols(draw, len(all_people))
    a = {"symbol": [own[i // 2] for i in range(2 * len(all_people))],
         "code": [str(all_people[i // 2].member) if i % 2 else f"x{i}" for i in range(2 * len(all_people))]}
    return pair(draw, [a, {"code": [str(p.member) for p in all_people]}], linked=len(all_people))


def coarse(draw, all_people):
    value = lambda p: (p.born.year, p.sex, p.prefecture, p.postcode[0])  # noqa: E731
    columns = lambda: {"year": [str(p.born.year) for p in all_people], "sex": [p.sex for p in all_people],  # noqa: E731
                       "prefecture": [p.prefecture for p in all_people], "area": [p.postcode[0] for p in all_people]}
    truth = [(i, value(p)) for i, p in enumerate(all_people)]
    return pair(draw, [columns(), columns()], linked=right_guesses(truth, truth))


def years(draw, all_people):
    truth = [(i, (p.born.year, p.sex, p.prefecture)) for i, p in enumerate(all_people)]
    rest = lambda: {"sex": [p.sex for p in all_people], "prefecture": [p.prefecture for p in all_people]}  # noqa: E731
    return pair(draw, [{"born": [str(p.born.year) for p in all_people], **rest()},
                       {"birth_date": [p.born.isoformat() for p in all_people], **rest()}], linked=right_guesses(truth, truth))


def ages(draw, all_people):
    on = TODAY - timedelta(days=100)
    truth = [(i, (age(p.born, on), p.postcode[:2])) for i, p in enumerate(all_people)]
    area = lambda: [p.postcode[:2] for p in all_people]  # noqa: E731
    return pair(draw, [{"age": [str(age(p.born, on)) for p in all_people], "area": area()},
                       {"birth_date": [p.born.isoformat() for p in all_people], "area": area()}],
                linked=right_guesses(truth, truth))


LABS = ["a1c", "ldl", "pressure", "weight"]
LAB_VALUES = {"a1c": lambda draw: f"{draw.gauss(5.6, 0.5):.1f}", "ldl": lambda draw: f"{draw.gauss(120, 30):.0f}",
              "pressure": lambda draw: f"{draw.gauss(125, 15):.0f}", "weight": lambda draw: f"{draw.gauss(62, 12):.1f}"}
CELLS = {"born": lambda p: p.born.isoformat(), "year": lambda p: str(p.born.year), "sex": lambda p: p.sex,
         "prefecture": lambda p: p.prefecture, "area": lambda p: p.postcode[:3], "postcode": lambda p: p.postcode}


def sides_of(draw, all_people, columns):
    """The cells of each person; a lab value is the same in both files."""
    return [[LAB_VALUES[c](draw) if c in LAB_VALUES else CELLS[c](p) for c in columns] for p in all_people]


def few_in_both(draw, first, second, share, columns):
    both = second // share
    cells = sides_of(draw, people(draw, first + second - both), columns)
    numbered = list(enumerate(cells))
    a, b = numbered[:first], numbered[first - both:]
    side = lambda rows: {c: [row[k] for _, row in rows] for k, c in enumerate(columns)}  # noqa: E731
    truth = [[(i, tuple(row)) for i, row in rows] for rows in (a, b)]
    return pair(draw, [side(a), side(b)], linked=right_guesses(*truth))


def flags(draw, all_people, shared, own):
    bits = [draw.getrandbits(shared) for _ in all_people]
    truth = list(enumerate(bits))
    side = lambda: {**{f"f{k}": [str(b >> k & 1) for b in bits] for k in range(shared)},  # noqa: E731
                    **{f"g{k}": [draw.choice("01") for _ in bits] for k in range(own)}}
    return pair(draw, [side(), side()], linked=right_guesses(truth, truth))


def of_number(draw, all_people, form):
    made = pair(draw, [{"ref": [form(p.number) for p in all_people]}, (len(all_people), {})], linked=len(all_people),
                expected="numbers", args=["--roster", "roster.csv"])
    made.roster = [p.number for p in all_people]
    return made


def of_symbol(draw, all_people, form):
    own = symbols(draw, len(all_people))
    return pair(draw, [{"symbol": own[:]}, {"ref": [form(symbol) for symbol in own]}], linked=len(all_people),
                expected="symbols-beside")


def serials(draw, all_people, share, form):
    sides = []
    for first, step in ((100_001, 1), (5_000_017, 3)):
        chosen = [p for p in all_people if draw.random() < share]
        sides.append({"sex": [p.sex for p in chosen], "prefecture": [p.prefecture for p in chosen],
                      "no": [form.format(first + step * i) for i in range(len(chosen))]})
    sides[1]["seq"] = sides[1].pop("no")
    return pair(draw, sides, linked=len(all_people) * share, expected="order")


def several_rows(draw, all_people):
    sides = []
    for _ in range(2):
        own = symbols(draw, len(all_people))
        rows = [own[i] for i in range(len(own)) for _ in range(17 if i == 3 else 3 if i < 3 else 1)]
        sides.append({"symbol": rows, "sex": [draw.choice("12") for _ in rows]})
    return pair(draw, sides, linked=4, expected="several-rows")


def equal_symbols(draw, all_people):
    one, other = symbols(draw, len(all_people)), symbols(draw, len(all_people))
    other[:3] = one[:3]
    return pair(draw, [{"symbol": one}, {"symbol": other}], linked=3, expected="equal-symbols")


def two_days(draw, all_people, what):
    own = symbols(draw, len(all_people))
    places = [p.prefecture for p in all_people]
    a, b = {"symbol": own[:], "prefecture": places[:]}, {"symbol": own[:], "prefecture": places[:]}
    if what == "new":
        a = {"symbol": own[:-12], "prefecture": places[:-12]}
    else:
        b["prefecture"][:12] = ["沖縄県"] * 12
    if what == "dated":
        a["as_of"], b["as_of"] = ["2026-10-01"] * len(own), ["2026-11-01"] * len(own)
    return pair(draw, [a, b], linked=12, expected="small-delta", args=["--allow", "one-scope"])


def clean(draw: random.Random, count: int):
    """(name, function that makes the pair). Nobody can be matched by the files' own values, apart from one random guess
    in a group of five or more."""
    def coarse_people(columns):
        while True:
            made = people(draw, count)
            if smallest_group([tuple(getattr(p, column) for column in columns) for p in made]) >= 5:
                return made

    def same(columns):
        made = coarse_people(columns) if columns else people(draw, count)
        side = lambda: (count, {column: [getattr(p, column) for p in made] for column in columns})  # noqa: E731
        return pair(draw, [side(), side()])

    def own(headers, cell):
        return lambda: pair(draw, [{header: cell(count)} for header in headers])

    each = lambda cell: lambda n: [cell() for _ in range(n)]  # noqa: E731
    days = lambda span: each(lambda: (date(2000, 1, 1) + timedelta(days=draw.randrange(span))).isoformat())  # noqa: E731
    strangers = lambda columns: pair(draw, [  # noqa: E731
        {column: [str(getattr(p, column)) for p in people(draw, count)] for column in columns} for _ in range(2)])
    yield "no column", lambda: same([])
    yield "sex", lambda: same(["sex"])
    yield "sex and prefecture", lambda: same(["sex", "prefecture"])
    yield "columns of each file's own", lambda: pair(draw, [
        {"tax": [str(p.income) for p in people(draw, count)]}, {"office": [f"{draw.randrange(300):03}" for _ in range(count)]}])
    yield "independent dates of one year", own(["date", "date"], days(365))
    yield "independent dates of eighty years", own(["date", "date"], days(29_000))
    yield "independent accounts of 12 digits", own(["account", "account"], each(lambda: str(draw.randrange(10**11, 10**12))))
    yield "independent amounts of 5 digits", own(["amount", "amount"], each(lambda: str(draw.randrange(10_000, 100_000))))
    yield "independent amounts, lognormal", own(["amount", "amount"], each(lambda: str(int(draw.lognormvariate(13, 0.7)))))
    yield "independent amounts in thousands", own(["amount", "amount"], each(lambda: str(int(draw.lognormvariate(7, 0.7)) * 1000)))
    yield "own codes of 6 digits, each given once", own(["code", "code"], lambda n: [str(c) for c in draw.sample(range(10**5, 10**6), n)])
    yield "own codes of 7 digits under two names", own(["code", "id"], lambda n: [str(c) for c in draw.sample(range(10**6, 10**7), n)])
    yield "nobody in common, birth date", lambda: strangers(["born"])
    yield "nobody in common, birth date, sex, prefecture", lambda: strangers(["born", "sex", "prefecture"])
    yield "nobody in common, income and postcode", lambda: strangers(["income", "postcode"])
    yield "random UUIDs without hyphens", own(["id", "id"], each(lambda: uuid.UUID(int=draw.getrandbits(128), version=4).hex))
    yield "independent times", own(["visited", "seen"], each(lambda: f"{moment(draw.randrange(1_700_000_000_000, 1_750_000_000_000)):%Y-%m-%d %H:%M:%S}"))
    yield "independent ages, and dates of each file's own", lambda: pair(draw, [
        {"age": [str(draw.randrange(20, 90)) for _ in range(count)]}, {"date": days(25_000)(count)}])
    yield "ten yes-or-no columns of each file's own", lambda: pair(draw, [
        {f"f{k}": [draw.choice("01") for _ in range(count)] for k in range(10)} for _ in range(2)])
    def unequal(times, columns):
        # A file of fewer rows is refused for that alone.
        cells = [sides_of(draw, people(draw, n), columns) for n in (1_050 * times, 1_050)]
        return pair(draw, [{c: [row[k] for row in rows] for k, c in enumerate(columns)} for rows in cells])

    yield "nobody in common, one file 14 times as large, birth date, sex, prefecture", lambda: unequal(14, ["born", "sex", "prefecture"])
    yield "nobody in common, one file 40 times as large, birth year, sex, area", lambda: unequal(40, ["year", "sex", "area"])
    yield "nobody in common, one file 20 times as large, lab values and sex", lambda: unequal(20, [*LABS, "sex"])
    yield "nobody in common, lab values, birth year, sex, prefecture", lambda: unequal(1, [*LABS, "year", "sex", "prefecture"])
    yield "surnames, of independent people", own(["doctor", "doctor"], each(lambda: draw.choice(SURNAMES_OF_MANY)))


SURNAMES_OF_MANY = [a + b for a in "佐鈴高田伊渡山中小加吉木林斎清井松石前岡" for b in "藤木橋中辺本村林田口上水崎川島野原谷沢井"]
