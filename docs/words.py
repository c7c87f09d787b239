#!/usr/bin/env python3
"""Words that the project does not use, and what to write instead: CONTRIBUTING.md, "Vocabulary" and "Writing".

usage: words.py --check     all files that git knows: refused words in documents and in the comments and strings of sources,
                            and in documents prose lines over 120 columns
       words.py PATH…       the same for these files and folders

Code spans, code blocks, addresses of links, quoted words and generated blocks are not read. Every rule carries
sentences that it must catch and sentences that it must pass; they are tried first, on each run.
"""
import pathlib
import re
import subprocess
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH = 120

# (pattern, what to write, sentences that are caught, sentences that pass)
RULES = [
    (r"(?<!-)\bbeside\b", "next to, together with, in the same folder",
     ["Temporary files are beside the outputs."], ["Besides the symbols, nothing links them.", "A finding is symbols-beside."]),
    (r"\bmend(ed|s|ing)?\b", "fixed", ["Only the newest version is mended."], ["We recommend it.", "It was amended."]),
    (r"\bparted\b|\bparts? (them|it|rows)\b", "partitioned", ["The rows are parted by their first byte."],
     ["The parts are partitioned again."]),
    (r"\brungs?\b", "level, key", ["There is one type for each rung."], ["The wrong key is refused."]),
    (r"\bdoors?\b", "binding, entry point, function", ["Every front door loads keys here."], ["The indoor unit works."]),
    (r"\bmanners\b", "conventions", ["They add their language's manners."], ["In this manner it works."]),
    (r"\bhouses?\b", "project, architecture", ["The way of a number through the house."], ["A household has rows."]),
    (r"\b(is|are|was|were) none\b", "is not valid, there is no …", ["The symbol is none."], ["None is lost."]),
    (r"(?<!\b[Tt]here )\b(is|are|was|were) no (?!longer\b|more\b|less\b|larger\b)", "is not a …, has no …",
     ["A key tag is no secret.", "What is no number is refused."],
     ["There is no journal.", "It is no longer used.", "A part is no larger than that."]),
    (r"\b(lies?|lying)\b", "is, is stored", ["The roster lies on a cluster."], ["The value belongs to the caller."]),
    (r"\bstands?\b(?! for\b| in for\b)|\bstood\b", "is, is written", ["The number stands in a cell.", "As it stands, it runs."],
     ["A symbol stands for a person.", "The standard library has it."]),
    (r"\b(is|are) (not )?to be\b", "must be, must not be", ["The file is to be removed."], ["It has to be removed."]),
    (r"\bha(s|ve) not (?!been\b)", "does not have", ["The buffer has not the length."], ["It has not been read."]),
    (r"\b[Ss]ome (\d|dozen\b|hundred\b|thousand\b)", "about", ["It takes some 10 MiB."], ["Some rows are refused."]),
    (r"\b[Hh]eld against\b|\b[Hh]old(s|ing)? (it|them|that|this|one|each) against\b", "compare with, check against",
     ["Every row is held against the truth."], ["The claim holds against those who have no key."]),
    (r"\b([Aa]|[Aa]nother|[Ss]ome|[Ee]very|[Oo]ne|[Ee]ach|[Oo]ther|same) bod(y|ies)\b", "organisation",
     ["A body receives symbols and never a key."], ["An eleven-digit body has one check digit."]),
    (r"\bhitherto\b|\bheretofore\b|\bthitherto\b|\bwherefrom\b|\bwhereof\b", "a common word", ["What it held hitherto."], []),
    (r"\b[Nn]or (is|are|does|do|has|have|can)\b", "and … not", ["Nor is anything claimed."], ["Neither key nor tag."]),
    (r"\b[Ss]eldom\b", "rarely", ["It is seldom freed."], []),
    (r"\b(is|are|be) whole\b|\b(is|are) wholly\b", "is complete", ["Each of them is whole."], ["The whole file is read."]),
    (r"\bmidst\b", "the middle, while …", ["Killed in the midst of writing."], []),
    (r"\b(is|are) (said|told)\b(?! apart)", "is reported, is printed", ["The nearest names are said."], ["They are told apart."]),
]
COMPILED = [(re.compile(pattern), advice) for pattern, advice, _, _ in RULES]

GENERATED = re.compile(r"<!-- ([\w.]+) -->.*?<!-- /\1 -->", re.DOTALL)
FENCED = re.compile(r"^([ \t]*)(```|~~~).*?^\1\2[^\n]*$", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?<=\n\n)(?:    [^\n]*\n|\n(?=    ))+")
SPAN = re.compile(r"``[^`]+``|`[^`]+`", re.DOTALL)
ADDRESS = re.compile(r"\]\([^)\n]*\)|https?://\S+")
QUOTED = re.compile(r"\"[^\"\n]{1,80}\"|“[^”\n]{1,80}”")


def blank(match):
    """Spaces and line ends in place of a match, so that lines keep their numbers and columns."""
    return re.sub(r"[^\n]", " ", match[0])


def markdown(text):
    """The prose of a Markdown file."""
    for part in (GENERATED, FENCED):
        text = part.sub(blank, text)
    # What is indented after a list item is prose.
    text = INDENTED.sub(lambda m: m[0] if re.search(r"(?:^|\n)(?:[-*]|\d+\.) [^\n]*(?:\n[^\n]+)*\n\n$", text[:m.start()]) else blank(m), text)
    for part in (SPAN, ADDRESS, QUOTED):
        text = part.sub(blank, text)
    return text


def source(comment, block=None):
    """A reader of the comments and the strings of a language."""
    strings = r'"(?:\\.|[^"\\])*"'
    parts = [rf"(?P<comment>{comment}[^\n]*)", rf"(?P<string>{strings})"]
    if block:
        parts.insert(0, rf"(?P<block>{block})")
    pattern = re.compile("|".join(parts), re.DOTALL)

    def read(text):
        kept = list(re.sub(r"[^\n]", " ", text))
        for match in pattern.finditer(text):
            kept[match.start():match.end()] = match[0]
        text = "".join(kept)
        for part in (SPAN, ADDRESS):
            text = part.sub(blank, text)
        return text

    return read


C_LIKE = source(r"//", r"/\*.*?\*/")
HASH = source(r"#", r'""".*?"""')
READERS = {
    ".md": markdown, ".rs": C_LIKE, ".c": C_LIKE, ".h": C_LIKE, ".java": C_LIKE, ".cs": C_LIKE,
    ".py": HASH, ".pyi": HASH, ".toml": HASH, ".sh": HASH,
}


def wide(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def applies(pattern, suffix):
    """Whether a rule is for files of this kind: in sources a body is the eleven digits of a number."""
    return suffix == ".md" or "bod(y" not in pattern


def findings(name, text):
    """What is to change in a file: (line, message)."""
    suffix = pathlib.PurePath(name).suffix
    prose = READERS[suffix](text)
    for pattern, advice in COMPILED:
        if not applies(pattern.pattern, suffix):
            continue
        for match in pattern.finditer(re.sub(r"\n", " ", prose)):
            line = prose.count("\n", 0, match.start()) + 1
            yield line, f'"{" ".join(match[0].split())}": write {advice}'
    if suffix == ".md":
        for number, (line, shown) in enumerate(zip(text.split("\n"), prose.split("\n")), 1):
            in_table = line.lstrip().startswith("|")
            if not in_table and shown.strip() and wide(line) > WIDTH and " " in line.strip():
                yield number, f"{wide(line)} columns; prose wraps at {WIDTH}"


def self_test():
    """Every rule catches what it must and passes what it must, in prose and in nothing else."""
    for pattern, _, caught, passed in RULES:
        for sentence in caught:
            assert re.search(pattern, sentence), f"{pattern} does not catch: {sentence}"
            assert list(findings("a.md", f"# Title\n\n{sentence}\n")), sentence
            for name, source in (("a.rs", f"/// {sentence}\nfn f() {{}}\n"), ("a.py", f'"""{sentence}"""\n')):
                assert bool(list(findings(name, source))) == applies(pattern, pathlib.PurePath(name).suffix), sentence
            split = sentence.replace(" ", "\n")
            assert list(findings("a.md", split)), f"not caught over lines: {sentence}"
            for hidden in (f"```\n{sentence}\n```\n", f"`{sentence}`\n", f"<!-- x.py -->\n{sentence}\n<!-- /x.py -->\n"):
                assert not list(findings("a.md", hidden)), hidden
        for sentence in passed:
            assert not re.search(pattern, sentence), f"{pattern} catches: {sentence}"
    assert list(findings("a.md", "word " * 25)), "a long line"
    assert not list(findings("a.md", "| " + "word " * 40 + "|")), "a long row of a table"
    assert list(findings("a.md", "番号 " * 25)), "a long line of wide characters"


def files(paths):
    if not paths:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        names = [name for name in listed.split("\n") if pathlib.PurePath(name).suffix in READERS]
        # This file lists the refused words.
        return [ROOT / name for name in names if ROOT / name != pathlib.Path(__file__).resolve()]
    found = []
    for path in map(pathlib.Path, paths):
        found += sorted(p for p in path.rglob("*") if p.suffix in READERS and p.is_file()) if path.is_dir() else [path]
    return [p.resolve() for p in found]


def main():
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments != ["--check"]):
        sys.exit(__doc__)
    self_test()
    paths = [] if arguments == ["--check"] else arguments
    bad = 0
    for path in files(paths):
        for line, message in sorted(findings(path.name, path.read_text(encoding="utf-8"))):
            print(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}: {message}")
            bad += 1
    if bad:
        sys.exit(f"{bad} to change: see CONTRIBUTING.md, Vocabulary and Writing")


main()
