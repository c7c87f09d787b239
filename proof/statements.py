#!/usr/bin/env python3
"""Every statement and definition of the Coq sources, without comments and proofs: coq/statements.txt.

A proof that ends with "Defined" is a definition and is kept. Whoever changes what the theorems say changes that file.

usage: statements.py            print them
       statements.py --check    compare them with coq/statements.txt, and show what differs
       statements.py --write    write them to coq/statements.txt
"""
import difflib
import pathlib
import re
import sys
import textwrap

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE / "coq/statements.txt"
OPENS = re.compile(r"(Theorem|Lemma|Example|Corollary|Fact|Remark|Proposition|Goal)\b")
ENDS = re.compile(r"(Qed|Defined)\.$")


def sentences(text, name):
    """The sentences of a source, each on one line."""
    out, depth, start, i, quoted = [], 0, 0, 0, False
    kept = []
    while i < len(text):
        two = text[i:i + 2]
        if depth == 0 and text[i] == '"':
            quoted = not quoted
        if not quoted and two == "(*":
            depth, i = depth + 1, i + 2
            continue
        if not quoted and depth and two == "*)":
            depth, i = depth - 1, i + 2
            kept.append(" ")
            continue
        if not depth:
            kept.append(text[i])
            if text[i] == "." and not quoted and (i + 1 == len(text) or text[i + 1].isspace()):
                out.append(" ".join("".join(kept).split()))
                kept = []
        i += 1
    if depth or "".join(kept).strip():
        sys.exit(f"{name}.v does not end with a sentence")
    return out


def statements(text, name):
    """The sentences outside of proofs, and proofs that define something."""
    out, proof, awaited = [], None, None
    for sentence in sentences(text, name):
        if proof is not None:
            proof.append(sentence)
            if ENDS.search(sentence):
                if sentence == "Defined.":
                    out += proof
                proof = None
            continue
        if sentence.startswith("Proof"):
            if sentence != "Proof.":
                sys.exit(f"{name}.v: write \"Proof.\", not {sentence!r}")
            proof, awaited = [sentence], None
            continue
        if awaited:
            sys.exit(f"{name}.v: no \"Proof.\" after: {awaited}")
        # A definition by tactics has no body of its own.
        if OPENS.match(sentence) or (re.match(r"(Definition|Let|Instance)\b", sentence) and ":=" not in sentence):
            awaited = sentence
        out.append(sentence)
    if proof is not None or awaited:
        sys.exit(f"{name}.v: a proof does not end")
    return out


def listing():
    parts = []
    for name in (HERE / "coq/files").read_text().split():
        parts.append(f"== {name}.v")
        for sentence in statements((HERE / f"coq/{name}.v").read_text(encoding="utf-8"), name):
            parts += textwrap.wrap(sentence, 120, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        parts.append("")
    return "\n".join(parts)


def self_test():
    """A weakened definition shows, a changed proof or comment does not."""
    source = "(** Says (* so *). *)\nDefinition d : nat := 1.\nTheorem t : d = 1.\nProof. by []. Qed.\n" \
             "Definition e : nat.\nProof. exact 2. Defined.\n"
    same = source.replace("by []", "exact: erefl").replace("Says", "Means")
    assert statements(source, "t") == statements(same, "t") == [
        "Definition d : nat := 1.", "Theorem t : d = 1.", "Definition e : nat.", "Proof.", "exact 2.", "Defined."]
    for old, new in (("nat := 1", "nat := 0"), ("d = 1", "d < 2"), ("exact 2", "exact 3")):
        assert statements(source.replace(old, new), "t") != statements(source, "t"), old


def main():
    if sys.argv[1:] not in ([], ["--check"], ["--write"]):
        sys.exit(__doc__)
    self_test()
    now = listing()
    if not sys.argv[1:]:
        print(now, end="")
    elif sys.argv[1] == "--write":
        GOLDEN.write_text(now, encoding="utf-8")
    elif (old := GOLDEN.read_text(encoding="utf-8")) != now:
        print("\n".join(difflib.unified_diff(old.splitlines(), now.splitlines(), "committed", "sources", "", "", 0)))
        sys.exit("a statement or a definition differs from coq/statements.txt. Read the lines above: if they are meant, "
                 "run python3 proof/statements.py --write")


main()
