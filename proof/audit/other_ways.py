"""Ways to link two files and kinds of clean pairs, by another hand than the audit's author: they were written down
before the first run, with documents of the audit read but not its source, and none was changed or dropped after it."""

from __future__ import annotations

import hashlib
import json
import random
from bisect import bisect_right
from collections import Counter
from datetime import date, datetime, timedelta, timezone

from people import Pair, people, right_guesses, smallest_group, symbols
from ways import pair

JAPAN = timezone(timedelta(hours=9))
CITIES = [f"{prefecture}{city}" for prefecture, names in (
    ("東京都", "世田谷区 練馬区 大田区 江戸川区 足立区 八王子市"), ("神奈川県", "川崎市 相模原市 藤沢市"),
    ("大阪府", "堺市 東大阪市 枚方市"), ("愛知県", "豊田市 岡崎市"), ("埼玉県", "川口市 所沢市")) for city in names.split()]
TOWNS = "本町 栄町 緑町 旭町 中央 大手町 若葉町 東町 西町 南町 北町 桜木町 宮前町 新町 幸町 富士見 緑ヶ丘 泉町 錦町 曙町".split()
OLD = "髙橋 山﨑 渡邊 齋藤 濵田 國井 廣瀬 澤田 櫻井 嶋田".split()
NEW = str.maketrans("髙﨑邊齋濵國廣澤櫻嶋", "高崎辺斎浜国広沢桜島")
GIVEN = "一二太郎次子美代恵和明正雄夫義弘幸信智裕真由香里奈大輔健翔陽葵蓮結衣咲樹悠斗直哉浩久勝実光男千春秋夏江知佳彦"
SYLLABLES = dict(zip("カ キ ク ケ コ サ シ ス セ ソ タ チ ツ テ ト ナ ニ ノ ハ ヒ フ マ ミ ム メ モ ヤ ユ ヨ ラ リ ル レ".split(),
                     "ka ki ku ke ko sa shi su se so ta chi tsu te to na ni no ha hi fu ma mi mu me mo ya yu yo ra ri ru re".split()))
SMALL = dict(zip("シャ シュ ショ チョ キョ リュ ジョ ジュ".split(), "sha shu sho cho kyo ryu jo ju".split()))
LARGE = str.maketrans("ャュョッー", "ヤユヨツ-")
CODES_OF_SEX = {"1": ("男", "M"), "2": ("女", "F")}


def kanji(n: int) -> str:
    """1 … 9,999 as people write it: 1985 is 千九百八十五."""
    out = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, unit)
        if digit:
            out += ("" if digit == 1 and name else "〇一二三四五六七八九"[digit]) + name
    return out


def era(year: int) -> tuple[str, str, int]:
    """Years only: the year in which an era begins belongs to the new era."""
    for word, letter, first in (("令和", "R", 2019), ("平成", "H", 1989), ("昭和", "S", 1926)):
        if year >= first:
            return word, letter, year - first + 1
    raise ValueError(year)


def base36(n: int) -> str:
    out = ""
    while n:
        n, digit = divmod(n, 36)
        out = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + out
    return out


def luhn(digits: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def mesh(latitude: float, longitude: float) -> str:
    """The code of the 1 km square (JIS X 0410)."""
    y, x = latitude * 1.5, longitude - 100
    return (f"{int(y)}{int(x)}{int(y % 1 * 8)}{int(x % 1 * 8)}{int(y % 1 * 8 % 1 * 10)}{int(x % 1 * 8 % 1 * 10)}")


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, JAPAN)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def municipality(draw: random.Random, count: int) -> list[str]:
    """Codes of five digits: few large towns and many small ones."""
    codes = [f"{p:02}{n:03}" for p in (1, 4, 11, 12, 13, 14, 23, 27, 28, 40) for n in draw.sample(range(101, 480), 12)]
    return draw.choices(codes, [1 / (rank + 3) for rank in range(len(codes))], k=count)


def sixth_digit(code: str) -> str:
    """The check digit of a municipality's code of six digits."""
    total = sum(int(d) * w for d, w in zip(code, (6, 5, 4, 3, 2)))
    return str((11 - total % 11) % 10)


def visits(draw: random.Random, count: int, days: int) -> list[datetime]:
    first = datetime(2024, 4, 1, 9, 0, 0, tzinfo=JAPAN)
    return [first + timedelta(days=draw.randrange(days), seconds=draw.randrange(9 * 3600)) for _ in range(count)]


def coarse(values: list[tuple], other: tuple) -> list[tuple]:
    """Replaces values that fewer than five people have."""
    count = Counter(values)
    rare = {value for value, n in count.items() if n < 5}
    left = sum(count[value] for value in rare)
    if 0 < left < 5:
        rare.add(min((n, value) for value, n in count.items() if n >= 5)[1])
    made = [other if value in rare else value for value in values]
    assert smallest_group(made) >= 5
    return made


def same(draw: random.Random, truth: list, a: dict, b: dict, **more) -> Pair:
    """One row for each person. `truth[i]` is what both files say of person `i`: nobody has more than that in common."""
    known = list(enumerate(truth))
    return pair(draw, [a, b], linked=right_guesses(known, known), **more)


def people_of(draw: random.Random, count: int) -> dict[str, list]:
    """Columns of people: what agencies and doctors store."""
    made = {"who": people(draw, count)}
    made["born"] = [p.born for p in made["who"]]
    made["sex"] = [p.sex for p in made["who"]]
    made["prefecture"] = [p.prefecture for p in made["who"]]
    made["income"] = [p.income for p in made["who"]]
    made["id"] = [str(p.member) for p in made["who"]]
    made["phone"] = [p.phone for p in made["who"]]
    made["town"] = municipality(draw, count)
    made["place"] = [(draw.choice(CITIES), draw.choice(TOWNS), draw.randint(1, 6), draw.randint(1, 40), draw.randint(1, 20))
                     for _ in range(count)]
    made["given"] = ["".join(draw.sample(GIVEN, 2)) for _ in range(count)]
    made["old"] = [draw.choice(OLD) for _ in range(count)]
    plain, small = list(SYLLABLES), list(SMALL)
    made["kana"] = [("".join(draw.sample(plain, 3)), draw.choice(small) + "".join(draw.sample(plain, 2))) for _ in range(count)]
    made["height"] = [round(draw.gauss(164, 9), 1) for _ in range(count)]
    made["weight"] = [round(max(35.0, draw.gauss(61, 11)), 1) for _ in range(count)]
    made["waist"] = [round(draw.gauss(82, 10), 1) for _ in range(count)]
    made["pressure"] = [(s := round(draw.gauss(126, 16)), round(s * 0.58 + draw.gauss(4, 8))) for _ in range(count)]
    made["insured"] = [(f"06{draw.randrange(1, 48):02}{draw.randrange(10, 14):03}", draw.randint(1000, 1400),
                        draw.randint(1, 300), draw.randint(0, 3)) for _ in range(count)]
    return made


def identifiers(draw: random.Random, count: int):
    make = lambda: people_of(draw, count)  # noqa: E731

    def by_id(form, to="code", base=str):
        c = make()
        return same(draw, c["id"], {"patient": [base(i) for i in c["id"]]}, {to: [form(i) for i in c["id"]]})

    yield "patient number with a check digit at the end (Luhn)", lambda: by_id(lambda i: i + luhn(i))
    yield "patient number in base 36", lambda: by_id(lambda i: base36(int(i)))
    yield "patient number reversed", lambda: by_id(lambda i: i[::-1])
    yield "patient number with a letter and zeros: P0012345678", lambda: by_id(lambda i: f"P{int(i):010}")
    yield "patient number in an address of the web", lambda: by_id(lambda i: f"https://emr.example.jp/patient?id={i}&tab=1")
    yield "patient number in JSON", lambda: by_id(lambda i: json.dumps({"id": int(i), "type": "patient"}))
    yield "patient number plus 5,000,000,000", lambda: by_id(lambda i: str(int(i) + 5_000_000_000))
    yield "patient number as the text of a spreadsheet: =\"12345678\"", lambda: by_id(lambda i: f'="{i}"')
    yield "patient number, and its SHA-256 in the other file", lambda: by_id(sha)
    yield "SHA-256 of the patient number, and its first 16 digits", lambda: by_id(lambda i: sha(i)[:16], base=sha)
    yield "pension number 1234-567890 in a remark", lambda: by_id(
        lambda i: f"基礎年金番号：{i[:4]}-{i[4:]}17 確認済", base=lambda i: i + "17")

    def insured(form, headers=("office", "group", "member", "branch")):
        c = make()
        columns = {name: [str(value[i]) for value in c["insured"]] for i, name in enumerate(headers)}
        return same(draw, c["insured"], columns, {"card": [form(*value) for value in c["insured"]]})

    yield "insurer, group, number and branch in four columns, and in one with hyphens", lambda: insured(
        lambda o, g, m, b: f"{o}-{g}-{m}-{b:02}")

    def card():
        c = make()
        a = [f"{g}・{m:05}（枝番）{b:02}" for _, g, m, b in c["insured"]]
        return same(draw, [v[1:] for v in c["insured"]], {"card": a},
                    {"insured": [f"{g}-{m}-{b}" for _, g, m, b in c["insured"]]})

    yield "記号・番号（枝番）in one cell, and with hyphens and without zeros", card

    def account():
        c = make()
        bank = [(draw.choice(("0001", "0005", "0009", "0010", "9900")), f"{draw.randrange(1, 300):03}",
                 f"{draw.randrange(10**7):07}") for _ in c["id"]]
        return same(draw, bank, {"bank": [v[0] for v in bank], "branch": [v[1] for v in bank], "account": [v[2] for v in bank]},
                    {"payee": ["".join(v) for v in bank]})

    yield "bank, branch and account in three columns, and in one of 14 digits", account

    def employer():
        c = make()
        firms = [f"{draw.randrange(10**12, 10**13)}" for _ in range(600)]
        firm = [draw.choice(firms) for _ in c["id"]]
        year = [str(b.year) for b in c["born"]]
        return same(draw, list(zip(firm, year)), {"employer": firm, "year": year}, {"invoice": [f"T{f}" for f in firm], "born": year})

    yield "employer's number, and with T, with the birth year", employer

    def numbers_of_prescriptions(only_one):
        c = make()
        lists = [[f"{draw.randrange(10**9):09}" for _ in range(3)] for _ in c["id"]]
        one = [v[1] if only_one else ";".join(sorted(v)) for v in lists]
        return same(draw, [tuple(v) for v in lists], {"prescriptions": [", ".join(v) for v in lists]}, {"prescription": one})

    yield "three numbers in a cell, and in another order", lambda: numbers_of_prescriptions(False)
    yield "three numbers in a cell, and one of them", lambda: numbers_of_prescriptions(True)

    def uuid7():
        c = make()
        when = [p.entered for p in c["who"]]
        made = []
        for t in when:
            h = f"{t:012x}7{draw.randrange(16**3):03x}{draw.choice('89ab')}{draw.randrange(16**15):015x}"
            made.append(f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}")
        return same(draw, when, {"record": made}, {"entered": [moment(t).isoformat(timespec="milliseconds") for t in when]})

    yield "time of entry inside a UUID of version 7, and as a time", uuid7

    def linkage_key(digest):
        c = make()
        key = [f"{k[0][:2]}{k[1][:2]}{b:%Y%m%d}{s}" for k, b, s in zip(c["kana"], c["born"], c["sex"])]
        a = {"name": [" ".join(k) for k in c["kana"]], "month": [f"{b.month}" for b in c["born"]]}
        if digest:
            a |= {"born": [f"{b:%Y-%m-%d}" for b in c["born"]], "sex": c["sex"], "postcode": [p.postcode for p in c["who"]]}
            key = [f"{b:%Y-%m-%d}{s}{p.postcode}" for b, s, p in zip(c["born"], c["sex"], c["who"])]
            return same(draw, key, a, {"key": [sha(k) for k in key]})
        a |= {"year": [str(b.year) for b in c["born"]], "day": [str(b.day) for b in c["born"]], "sex": c["sex"]}
        return same(draw, key, a, {"key": key})

    yield "a key of letters of the name, birth date and sex, and its parts", lambda: linkage_key(False)
    yield "SHA-256 of birth date, sex and postcode, and the three columns", lambda: linkage_key(True)


def addresses_and_names(draw: random.Random, count: int):
    make = lambda: people_of(draw, count)  # noqa: E731

    def place(one, other):
        c = make()
        return same(draw, c["place"], {"address": [one(*v) for v in c["place"]]}, {"residence": [other(*v) for v in c["place"]]})

    plain = lambda city, town, c, b, g: f"{city}{town}{c}-{b}-{g}"  # noqa: E731
    yield "address: 1丁目2番3号 and 1-2-3", lambda: place(plain, lambda city, town, c, b, g: f"{city}{town}{c}丁目{b}番{g}号")
    yield "address: 一丁目二番三号 and 1-2-3", lambda: place(
        plain, lambda city, town, c, b, g: f"{city}{town}{kanji(c)}丁目{kanji(b)}番{kanji(g)}号")
    yield "address: 一丁目2番地の3 and 1丁目2-3", lambda: place(
        lambda city, town, c, b, g: f"{city}{town}{c}丁目{b}-{g}", lambda city, town, c, b, g: f"{city}{town}{kanji(c)}丁目{b}番地の{g}")
    yield "address with the prefecture, and without", lambda: place(
        plain, lambda city, town, c, b, g: plain(city[4 if city.startswith("神") else 3:], town, c, b, g))
    yield "address with a building, and without", lambda: place(
        plain, lambda city, town, c, b, g: f"{plain(city, town, c, b, g)} コーポ{town}{100 + g}号室")

    def split_address():
        c = make()
        a = {"city": [v[0] for v in c["place"]], "town": [v[1] for v in c["place"]],
             "block": [f"{v[2]}-{v[3]}-{v[4]}" for v in c["place"]]}
        return same(draw, c["place"], a, {"address": [plain(*v) for v in c["place"]]})

    yield "address in three columns, and in one", split_address

    def postcode():
        c = make()
        code = [p.postcode for p in c["who"]]
        return same(draw, code, {"zip1": [p[:3] for p in code], "zip2": [p[3:] for p in code]}, {"postcode": code})

    yield "postcode in two columns, and in one", postcode

    def names(one, other):
        c = make()
        rows = list(zip(c["old"], c["given"], c["kana"]))
        truth = [(o, g) for o, g, _ in rows] if one(*rows[0])[0] in "髙山渡齋濵國廣澤櫻嶋" else [k for _, _, k in rows]
        return same(draw, truth, {"name": [one(*r) for r in rows]}, {"person": [other(*r) for r in rows]})

    yield "name: 髙﨑邊齋 and 高崎辺斎", lambda: names(lambda o, g, k: o + g, lambda o, g, k: o.translate(NEW) + g)
    yield "name: surname first, and given name first", lambda: names(lambda o, g, k: f"{o} {g}", lambda o, g, k: f"{g} {o}")
    yield "name with 様", lambda: names(lambda o, g, k: f"{o} {g}", lambda o, g, k: f"{o}{g}様")
    yield "name: シヨ for ショ, as banks write it", lambda: names(
        lambda o, g, k: " ".join(k), lambda o, g, k: " ".join(k).translate(LARGE))
    latin = lambda text: "".join((SMALL | SYLLABLES)[s] for s in split_kana(text))  # noqa: E731
    yield "name: kana and Latin letters", lambda: names(
        lambda o, g, k: " ".join(k), lambda o, g, k: f"{latin(k[1]).title()} {latin(k[0]).upper()}")

    def name_in_two():
        c = make()
        return same(draw, list(zip(c["old"], c["given"])), {"surname": c["old"], "given": c["given"]},
                    {"name": [f"{o}　{g}" for o, g in zip(c["old"], c["given"])]})

    yield "name in two columns, and in one", name_in_two

    def phones(one, other, key=lambda p: p):
        c = make()
        return same(draw, [key(p) for p in c["phone"]], {"phone": [one(p) for p in c["phone"]]}, {"contact": [other(p) for p in c["phone"]]})

    hyphens = lambda p: f"{p[:3]}-{p[3:7]}-{p[7:]}"  # noqa: E731
    yield "telephone: 090-1234-5678 and +81-90-1234-5678", lambda: phones(hyphens, lambda p: f"+81-{hyphens(p)[1:]}")
    yield "telephone: (090)1234-5678 and 090 1234 5678", lambda: phones(
        lambda p: f"({p[:3]}){p[3:7]}-{p[7:]}", lambda p: hyphens(p).replace("-", " "))
    yield "telephone, and its last four digits", lambda: phones(hyphens, lambda p: p[-4:], key=lambda p: p[-4:])
    yield "telephone in a remark", lambda: phones(lambda p: p, lambda p: f"不在時は {hyphens(p)} へ（長女）")


def split_kana(text: str) -> list[str]:
    out = []
    for sign in text:
        if sign in "ャュョ":
            out[-1] += sign
        else:
            out.append(sign)
    return out


def dates_and_times(draw: random.Random, count: int):
    make = lambda: people_of(draw, count)  # noqa: E731

    def born(form, one=lambda b: f"{b:%Y-%m-%d}"):
        c = make()
        return same(draw, c["born"], {"born": [one(b) for b in c["born"]]}, {"birth": [form(b) for b in c["born"]]})

    yield "birth date: 昭和五十五年四月三日", lambda: born(
        lambda b: f"{era(b.year)[0]}{kanji(era(b.year)[2])}年{kanji(b.month)}月{kanji(b.day)}日")
    yield "birth date: 3 Apr 1980", lambda: born(lambda b: f"{b.day} {b:%b} {b.year}")
    yield "birth date: Apr 3, 1980 (Thu)", lambda: born(lambda b: f"{b:%b} {b.day}, {b.year} ({b:%a})")
    yield "birth date as a week: 1980-W14-4", lambda: born(lambda b: "{}-W{:02}-{}".format(*b.isocalendar()))
    yield "birth date: S55.4.3 and 19800403000000", lambda: born(
        lambda b: f"{b:%Y%m%d}000000", lambda b: f"{era(b.year)[1]}{era(b.year)[2]}.{b.month}.{b.day}")

    def born_in_three():
        c = make()
        a = {"year": [str(b.year) for b in c["born"]], "month": [str(b.month) for b in c["born"]], "day": [str(b.day) for b in c["born"]]}
        return same(draw, c["born"], a, {"birth": [f"{b:%Y-%m-%d}" for b in c["born"]]})

    yield "birth date in three columns, and in one", born_in_three

    def stay():
        c = make()
        out = [date(2024, 4, 1) + timedelta(days=draw.randrange(365)) for _ in c["id"]]
        days = [1 + int(draw.expovariate(1 / 14)) for _ in c["id"]]
        return same(draw, list(zip(out, days)),
                    {"admitted": [f"{o - timedelta(days=d):%Y-%m-%d}" for o, d in zip(out, days)], "discharged": [f"{o:%Y-%m-%d}" for o in out]},
                    {"end": [f"{o:%Y-%m-%d}" for o in out], "days": [str(d) for d in days]})

    yield "days of admission and discharge, and day of discharge and length of stay", stay

    def qualified(days):
        c = make()
        on = [date(1965, 4, 1) + timedelta(days=draw.randrange(21_000)) for _ in c["id"]]
        return same(draw, on, {"qualified": [f"{o:%Y-%m-%d}" for o in on]}, {"notified": [f"{o + timedelta(days=days):%Y-%m-%d}" for o in on]})

    yield "date of qualification, and the date 14 days later", lambda: qualified(14)

    def school_year():
        c = make()
        on = [date(2015, 4, 1) + timedelta(days=draw.randrange(3_600)) for _ in c["id"]]
        fiscal = [o.year - (o.month < 4) for o in on]
        year = [str(b.year) for b in c["born"]]
        return same(draw, list(zip(fiscal, year, c["town"])), {"since": [f"{o:%Y-%m-%d}" for o in on], "born": year, "town": c["town"]},
                    {"fiscal": [f"{era(f)[0]}{era(f)[2]}年度" for f in fiscal], "year": year, "code": c["town"]})

    yield "fiscal year and date, with birth year and municipality", school_year

    def age_in_april():
        c = make()
        # The law: a year is complete at the end of the day before the birthday, so those born on 1 April are older.
        age = [2025 - b.year - ((b.month, b.day) > (4, 1)) for b in c["born"]]
        return same(draw, list(zip(age, c["town"])), {"born": [f"{b:%Y-%m-%d}" for b in c["born"]], "town": c["town"]},
                    {"age": [str(a) for a in age], "code": [t + sixth_digit(t) for t in c["town"]]})

    yield "age on 1 April and birth date, municipality with and without its check digit", age_in_april

    def decades():
        c = make()
        age = [2025 - b.year for b in c["born"]]
        return same(draw, [(a // 10, t, s) for a, t, s in zip(age, c["town"], c["sex"])],
                    {"age": [str(a) for a in age], "town": c["town"], "sex": c["sex"]},
                    {"band": [f"{a // 10}0代" for a in age], "town": c["town"], "sex": c["sex"]})

    yield "age and 30代, with municipality and sex", decades

    def visit(form, key, days=400, split=False):
        c = make()
        at = visits(draw, count, days)
        a = {"visit": [f"{t:%Y-%m-%d %H:%M:%S}" for t in at]}
        if split:
            a = {"day": [f"{t:%Y-%m-%d}" for t in at], "clock": [f"{t:%H:%M:%S}" for t in at]}
        return same(draw, [key(t) for t in at], a, {"arrival": [form(t) for t in at]})

    quarter = lambda t: t.replace(minute=t.minute // 15 * 15, second=0)  # noqa: E731
    hour = lambda t: t.replace(minute=0, second=0)  # noqa: E731
    yield "time of a visit, and its quarter of an hour", lambda: visit(lambda t: f"{quarter(t):%Y-%m-%d %H:%M}", quarter)
    yield "time of a visit, and its hour", lambda: visit(lambda t: f"{hour(t):%Y-%m-%d %H:%M}", hour, days=900)
    yield "time of a visit: 午後2時35分12秒", lambda: visit(
        lambda t: f"{t.year}年{t.month}月{t.day}日 {'午後' if t.hour >= 12 else '午前'}{t.hour % 12}時{t.minute}分{t.second}秒", lambda t: t)
    yield "time of a visit: 4/3/2024 2:35:12 PM", lambda: visit(lambda t: f"{t.month}/{t.day}/{t.year} {t:%I:%M:%S %p}", lambda t: t)
    yield "day and time in two columns, and in one", lambda: visit(lambda t: t.isoformat(), lambda t: t, split=True)

    def two_logs():
        c = make()
        at = visits(draw, count, 1_000)
        later = [t + timedelta(seconds=draw.randint(1, 90)) for t in at]
        known = sorted((t, i) for i, t in enumerate(at))
        right = sum(known[bisect_right(known, (t, count)) - 1][1] == i for i, t in enumerate(later))
        made = same(draw, at, {"sent": [f"{t:%Y-%m-%d %H:%M:%S}" for t in at]}, {"received": [f"{t:%Y-%m-%d %H:%M:%S}" for t in later]})
        made.linked = right
        return made

    yield "times of sending and of receiving, 1 to 90 seconds apart", two_logs


def measures_and_amounts(draw: random.Random, count: int):
    make = lambda: people_of(draw, count)  # noqa: E731

    def body(height, weight):
        c = make()
        return same(draw, list(zip(c["height"], c["weight"])), {"height": [f"{h}" for h in c["height"]], "weight": [f"{w}" for w in c["weight"]]},
                    {"cm": [height(h) for h in c["height"]], "kg": [weight(w) for w in c["weight"]]})

    yield "height and weight: 170.5, 62.3 and 170.50, 62.30", lambda: body(lambda h: f"{h:.2f}", lambda w: f"{w:.2f}")
    yield "height and weight: 170.5, 62.3 and 1705, 623", lambda: body(lambda h: f"{h * 10:.0f}", lambda w: f"{w * 10:.0f}")
    yield "height and weight: 170.5, 62.3 and 1.705 m, 62300 g", lambda: body(lambda h: f"{h / 100:.3f}", lambda w: f"{w * 1000:.0f}")

    def bmi():
        c = make()
        index = [round(w / (h / 100) ** 2, 1) for h, w in zip(c["height"], c["weight"])]
        return same(draw, list(zip(index, c["weight"])), {"height": [f"{h}" for h in c["height"]], "weight": [f"{w}" for w in c["weight"]]},
                    {"bmi": [f"{i}" for i in index], "weight": [f"{w}" for w in c["weight"]]})

    yield "height and weight, and BMI and weight", bmi

    def pressure():
        c = make()
        return same(draw, c["pressure"], {"high": [str(s) for s, _ in c["pressure"]], "low": [str(d) for _, d in c["pressure"]]},
                    {"pressure": [f"{s}/{d}" for s, d in c["pressure"]]})

    yield "blood pressure in two columns, and as 128/76", pressure

    def next_year():
        """The truth: the nearest person of the other file, in units of the change that is usual in a year."""
        c = make()
        first = list(zip(c["height"], c["weight"], c["waist"]))
        scale = (0.2, 1.5, 2.0)
        second = [tuple(round(v + draw.gauss(0, s), 1) for v, s in zip(row, scale)) for row in first]
        order = sorted(range(count), key=lambda i: first[i][0])
        heights = [first[i][0] for i in order]
        right = 0
        for i, row in enumerate(second):
            near = order[bisect_right(heights, row[0] - 1):bisect_right(heights, row[0] + 1)]
            right += i == min(near, key=lambda j: sum(((v - w) / s) ** 2 for v, w, s in zip(first[j], row, scale)), default=None)
        columns = lambda rows: {n: [f"{r[k]}" for r in rows] for k, n in enumerate(("height", "weight", "waist"))}  # noqa: E731
        made = same(draw, first, columns(first), columns(second))
        made.linked = right
        return made

    yield "height, weight and waist, and those of the next year", next_year

    def amount(form, key=lambda v: v, one=str, values=None):
        c = make()
        v = values(draw) if values else c["income"]
        return same(draw, [key(x) for x in v], {"amount": [one(x) for x in v]}, {"paid": [form(x) for x in v]})

    yield "amount, and with 10 % tax", lambda: amount(lambda v: str(v * 110 // 100))
    yield "amount as 123万4567円", lambda: amount(lambda v: f"{v // 10_000}万{v % 10_000}円")
    yield "amount: -1234567 and ▲1,234,567", lambda: amount(lambda v: f"▲{v:,}", one=lambda v: f"-{v}")
    yield "amount: -1234567 and (1,234,567)", lambda: amount(lambda v: f"({v:,})", one=lambda v: f"-{v}")
    yield "amount in yen, and in millions with one decimal, rounded half up", lambda: amount(
        lambda v: f"{(v + 50_000) // 100_000 / 10:.1f}", key=lambda v: (v + 50_000) // 100_000)
    points = lambda d: [int(d.lognormvariate(7.5, 1.1)) + 70 for _ in range(count)]  # noqa: E731
    yield "points of a receipt, and the amount in yen", lambda: amount(lambda v: str(v * 10), values=points)
    yield "points of a receipt, and the patient's share of 30 %", lambda: amount(
        lambda v: str((v * 3 + 5) // 10 * 10), key=lambda v: (v * 3 + 5) // 10, values=points)
    tax = lambda v: max(0, v - 430_000) // 1_000 * 100 + 5_000  # noqa: E731
    yield "income, and the residents' tax on it", lambda: amount(lambda v: str(tax(v)), key=tax)
    long = lambda d: d.sample(range(10**11, 10**12), count)  # noqa: E731
    yield "account of 12 digits, and as a spreadsheet shows it: 1.23457E+11", lambda: amount(
        lambda v: f"{v:.5E}", key=lambda v: f"{v:.5E}", values=long)

    def total():
        c = make()
        pension = [int(draw.lognormvariate(14, 0.4)) for _ in c["income"]]
        added = [a + b for a, b in zip(c["income"], pension)]
        return same(draw, added, {"salary": [str(v) for v in c["income"]], "pension": [str(v) for v in pension]}, {"total": [str(v) for v in added]})

    yield "salary and pension, and their sum", total

    def ranked(form):
        c = make()
        order = {v: i for i, v in enumerate(sorted(c["income"]))}
        mean = sum(c["income"]) / count
        other = [form(v, order[v] + 1, mean) for v in c["income"]]
        return same(draw, other, {"income": [str(v) for v in c["income"]]}, {"index": other})

    yield "income, and the rank of the income", lambda: ranked(lambda v, rank, mean: str(rank))
    yield "income, and the income divided by the average", lambda: ranked(lambda v, rank, mean: f"{v / mean:.4f}")

    def where(one, other, key):
        c = make()
        at = [(draw.gauss(35.69, 0.12), draw.gauss(139.69, 0.15)) for _ in c["id"]]
        return same(draw, [key(*p) for p in at], one(at), other(at))

    fine = lambda at: {"latitude": [f"{p[0]:.6f}" for p in at], "longitude": [f"{p[1]:.6f}" for p in at]}  # noqa: E731
    yield "latitude and longitude with six decimals, and with three", lambda: where(
        fine, lambda at: {"lat": [f"{p[0]:.3f}" for p in at], "lon": [f"{p[1]:.3f}" for p in at]},
        lambda y, x: (f"{y:.3f}", f"{x:.3f}"))
    yield "latitude and longitude, and the code of the 1 km square", lambda: where(
        fine, lambda at: {"mesh": [mesh(*p) for p in at]}, mesh)


def groups_and_order(draw: random.Random, count: int):
    make = lambda: people_of(draw, count)  # noqa: E731

    def joined():
        c = make()
        truth = list(zip(c["prefecture"], c["sex"], (b.year for b in c["born"])))
        return same(draw, truth, {"prefecture": c["prefecture"], "sex": [CODES_OF_SEX[s][0] for s in c["sex"]], "year": [str(b.year) for b in c["born"]]},
                    {"class": [f"{p}{CODES_OF_SEX[s][0]}{y}" for p, s, y in truth]})

    yield "prefecture, sex and birth year in three columns, and in one: 東京都男1985", joined

    def other_codes():
        c = make()
        numbers = {name: f"{i + 1:02}" for i, name in enumerate(sorted(set(c["prefecture"])))}
        truth = list(zip(c["prefecture"], c["sex"], (b.year for b in c["born"])))
        return same(draw, truth,
                    {"prefecture": c["prefecture"], "sex": [CODES_OF_SEX[s][0] for s in c["sex"]], "born": [f"{b.year}" for b in c["born"]]},
                    {"region": [numbers[p] for p in c["prefecture"]], "gender": [CODES_OF_SEX[s][1] for s in c["sex"]],
                     "year": ["{1}{2}".format(*era(b.year)) for b in c["born"]]})

    yield "prefecture, sex and birth year: 東京都, 男, 1985 and 13, M, S60", other_codes

    def diagnoses():
        c = make()
        codes = [f"{draw.choice('ABCDEFGHIJKLMN')}{draw.randrange(100):02}.{draw.randrange(10)}" for _ in range(2_500)]
        ill = draw.choices(codes, [1 / (rank + 1) for rank in range(len(codes))], k=count)
        return same(draw, ill, {"icd": ill}, {"disease": [i.replace(".", "") for i in ill]})

    yield "diagnoses, some rare: E11.9 and E119", diagnoses

    def masked():
        c = make()
        shown = [p.postcode if i % 100 == 0 else "***-****" for i, p in enumerate(c["who"])]
        known = [(i, None if s[0] == "*" else s) for i, s in enumerate(shown)]
        made = same(draw, shown, {"postcode": shown}, {"postcode": [s if s[0] == "*" else f"{s[:3]}-{s[3:]}" for s in shown]})
        made.linked = right_guesses(known, known)
        return made

    yield "postcodes that are masked but for one person in a hundred", masked

    def empties():
        c = make()
        gone = [tuple(draw.random() < 0.2 for _ in range(20)) for _ in c["id"]]
        side = lambda name: {f"{name}{k}": ["" if g[k] else draw.choice("012") for g in gone] for k in range(20)}  # noqa: E731
        return same(draw, gone, side("a"), side("b"))

    yield "the same empty cells in twenty columns of each file's own", empties

    def households():
        c = make()
        home, i = [], 0
        while len(home) < count:
            home += [i] * min(draw.choices((1, 2, 3, 4, 5, 6), (35, 28, 18, 13, 4, 2))[0], count - len(home))
            i += 1
        about = [(b.year, s) for b, s in zip(c["born"], c["sex"])]
        members = [[] for _ in range(i)]
        for h, who in zip(home, about):
            members[h].append(who)
        side = lambda: {"household": [code[h] for h in home], "year": [str(y) for y, _ in about], "sex": c["sex"]}  # noqa: E731
        code = draw.sample(range(10**8, 10**9), i)
        code = [str(n) for n in code]
        a = side()
        code = [str(n) for n in draw.sample(range(10**8, 10**9), i)]
        return same(draw, [(tuple(sorted(members[h])), who) for h, who in zip(home, about)], a, side())

    yield "households under codes of each file's own, with birth years and sexes", households

    def grades(wide, text):
        c = make()
        history = []
        for _ in c["id"]:
            grade, row = draw.randint(1, 30), []
            for _ in range(12):
                grade = min(30, max(1, grade + draw.choice((-1, 0, 0, 0, 1))))
                row.append(grade)
            history.append(tuple(row))
        months = [f"2024-{m:02}" for m in range(1, 13)]

        def rows():
            own = symbols(draw, count)
            return {"symbol": [s for s in own for _ in months], "month": months * count, "grade": [str(g) for row in history for g in row]}

        columns = {f"m{m + 1}": [str(row[m]) for row in history] for m in range(12)}
        b = columns if wide else {"grades": ["/".join(map(str, row)) for row in history]} if text else rows()
        a = columns if text else rows()
        return same(draw, history, a, b, expected="columns" if text else "several-rows")

    yield "grades of twelve months in twelve rows for each person", lambda: grades(False, False)
    yield "grades of twelve months in twelve rows, and in twelve columns", lambda: grades(True, False)
    yield "grades of twelve months in twelve columns, and in one cell", lambda: grades(False, True)

    def nearly_in_order():
        c = make()
        orders = []
        for _ in range(2):
            order = list(range(count))
            for _ in range(count // 100):
                order.insert(draw.randrange(count), order.pop(draw.randrange(count)))
            orders.append(order)
        made = pair(draw, [{"sex": [c["sex"][i] for i in order]} for order in orders], expected="order", sort=False)
        made.linked = sum(i == j for i, j in zip(*orders))
        return made

    yield "order of entry, one row in a hundred moved", nearly_in_order

    def batches():
        c = make()
        sides = []
        for _ in range(2):
            own, order = symbols(draw, count), []
            for first in range(0, count, 50):
                order += sorted(range(first, min(first + 50, count)), key=lambda i: own[i])
            sides.append({"symbol": [own[i] for i in order], "sex": [c["sex"][i] for i in order], "prefecture": [c["prefecture"][i] for i in order]})
        truth = [(i, (i // 50, s, p)) for i, (s, p) in enumerate(zip(c["sex"], c["prefecture"]))]
        return pair(draw, sides, linked=right_guesses(truth, truth), expected="order", sort=False)

    yield "batches of 50 in the order of entry, in symbol order inside", batches

    def batch_numbers():
        c = make()
        batch = [i // 20 for i in range(count)]
        return same(draw, list(zip(batch, c["sex"], c["prefecture"])), {"batch": [str(b) for b in batch], "sex": c["sex"], "prefecture": c["prefecture"]},
                    {"run": [f"R-{b:05}" for b in batch], "sex": c["sex"], "prefecture": c["prefecture"]})

    yield "number of a batch of 20: 17 and R-00017, with sex and prefecture", batch_numbers

    def gaps():
        c = make()
        sides = []
        for name in ("receipt", "case"):
            number, serial = draw.randrange(10**5), []
            for _ in c["id"]:
                number += draw.randint(1, 9)
                serial.append(str(number))
            sides.append({name: serial, "year": [str(b.year) for b in c["born"]], "prefecture": c["prefecture"]})
        made = pair(draw, sides, expected="order")
        made.linked = count  # The same people in both: the ranks are equal.
        return made

    yield "serial numbers with gaps of each file's own, with birth year and prefecture", gaps

    def offices():
        c = make()
        office = [draw.randrange(25) for _ in c["id"]]
        seen, serial = Counter(), []
        for o in office:
            seen[o] += 1
            serial.append(seen[o])
        return same(draw, list(zip(office, serial)), {"receipt": [f"A{o:02}-{s:04}" for o, s in zip(office, serial)]},
                    {"office": [str(o) for o in office], "serial": [str(s) for s in serial]})

    yield "serial numbers of an office: A07-0123, and 7 and 123", offices


def leaky(draw: random.Random, count: int):
    """(name, function that makes the pair)"""
    for part in (identifiers, addresses_and_names, dates_and_times, measures_and_amounts, groups_and_order):
        yield from part(draw, count)


def clean(draw: random.Random, count: int):
    """(name, function that makes the pair)"""
    make = lambda: people_of(draw, count)  # noqa: E731

    def own(*makers, shared=None):
        """Columns that each file draws for itself; `shared` are columns of the same people, in groups of five or more."""
        sides = []
        for side in "ab":
            columns = {f"{side}{k}": [str(maker()) for _ in range(count)] for k, maker in enumerate(makers)}
            sides.append(dict(shared or {}) | columns)
        return pair(draw, sides)

    def shared(values, names, other, *makers):
        made = coarse(values, other)
        return own(*makers, shared={n: [str(v[k]) for v in made] for k, n in enumerate(names)})

    def different(columns):
        """Nobody is in both files."""
        return pair(draw, [columns(make()) for _ in "ab"])

    sizes = lambda: draw.choices((1, 2, 3, 4, 5, 6, 7, 8), (350, 280, 180, 130, 40, 15, 4, 1))[0]  # noqa: E731
    bought = lambda: int(draw.lognormvariate(8.5, 1.2)) // 10 * 10  # noqa: E731
    yield "independent amounts of three bills, to 10 yen", lambda: own(bought, bought, bought)
    yield "independent incomes in 千円, a third of them 0", lambda: own(
        lambda: 0 if draw.random() < 0.33 else int(draw.lognormvariate(8, 0.6)))
    yield "municipalities, rare ones as 99999", lambda: shared(
        [(t,) for t in municipality(draw, count)], ["town"], ("99999",))
    yield "prefecture, sex and ages in tens, rare ones as 不明", lambda: shared(
        [(p.prefecture, p.sex, (2025 - p.born.year) // 10 * 10) for p in people(draw, count)], ["prefecture", "sex", "age"], ("不明", "9", "999"))
    yield "insurer and 負担割合, with own amounts", lambda: shared(
        [(f"06{draw.randrange(1, 48):02}001", draw.choices("123", (6, 1, 3))[0]) for _ in range(count)], ["insurer", "share"], ("99999999", "9"), bought)
    yield "sizes of households, and own times", lambda: shared(
        [(sizes(),) for _ in range(count)], ["size"], (9,), lambda: f"{visits(draw, 1, 700)[0]:%Y-%m-%d %H:%M:%S}")
    yield "independent Mondays of three years", lambda: own(lambda: date(2022, 1, 3) + timedelta(weeks=draw.randrange(156)))
    yield "independent months and days of pay", lambda: own(lambda: f"2024-{draw.randint(1, 12):02}-25", lambda: draw.choice((10, 15, 25)))
    yield "independent weights, heights and blood pressures", lambda: own(
        lambda: f"{draw.gauss(61, 11):.1f}", lambda: f"{draw.gauss(164, 9):.1f}", lambda: f"{round(draw.gauss(126, 16))}/{round(draw.gauss(76, 11))}")
    yield "sex of the same people, independent laboratory values", lambda: shared(
        [(draw.choice("12"),) for _ in range(count)], ["sex"], ("9",), lambda: f"{draw.gauss(5.6, 0.6):.1f}",
        lambda: round(draw.gauss(120, 30)), lambda: round(draw.lognormvariate(4.6, 0.5)), lambda: round(draw.lognormvariate(3.2, 0.4)))
    icd = [f"{draw.choice('ABCDEFGHIJKLMN')}{draw.randrange(100):02}.{draw.randrange(10)}" for _ in range(2_500)]
    rank = [1 / (k + 1) for k in range(len(icd))]
    yield "independent diagnoses, many of them rare", lambda: own(lambda: draw.choices(icd, rank)[0])
    yield "independent visits, to 15 minutes", lambda: own(
        lambda: f"{(t := visits(draw, 1, 400)[0]).replace(minute=t.minute // 15 * 15, second=0):%Y-%m-%d %H:%M}")
    yield "independent telephones of one area", lambda: own(lambda: f"03-{draw.randrange(3000, 6999)}-{draw.randrange(10**4):04}")
    yield "independent places around one city, to 100 m", lambda: own(
        lambda: f"{draw.gauss(35.69, 0.12):.3f}", lambda: f"{draw.gauss(139.69, 0.15):.3f}")
    yield "independent remarks of thirty kinds", lambda: own(lambda: f"確認済（{draw.choices(range(30), [1 / (k + 1) for k in range(30)])[0]}）")
    yield "independent answers, one in five empty", lambda: own(*[lambda: "" if draw.random() < 0.2 else draw.choice("012")] * 12)
    yield "independent grades of twelve months", lambda: own(*[lambda: draw.randint(1, 30)] * 12)
    yield "nobody in common: names of kanji and birth years", lambda: different(
        lambda c: {"name": [o + g for o, g in zip(c["old"], c["given"])], "year": [str(b.year) for b in c["born"]]})
    yield "nobody in common: addresses", lambda: different(
        lambda c: {"address": ["{}{}{}-{}-{}".format(*v) for v in c["place"]]})
    yield "nobody in common: height, weight, waist, sex", lambda: different(
        lambda c: {"height": [str(v) for v in c["height"]], "weight": [str(v) for v in c["weight"]], "waist": [str(v) for v in c["waist"]], "sex": c["sex"]})
