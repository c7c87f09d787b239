"""The commands of docs/custody.md, for the tests that run them."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/custody.md").read_text()
RUNBOOKS = (ROOT / "crates/cli/tests/runbooks.rs").read_text()
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(name, page=PAGE):
    """The text of one section."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"docs/custody.md has no section {name}"
    return found[1]


def blocks(text):
    """The blocks of `sh`."""
    return [commands for info, commands in BLOCK.findall(text) if info.split()[:1] == ["sh"]]


def table(page=PAGE):
    """What each command of the table of tokens is for, and the command."""
    rows = re.findall(r"^\| (.*?) \| `(fugo .*)` \|$", section("Tokens", page), re.MULTILINE)
    assert rows, "the table of tokens has no commands"
    return rows


def mentions_and_commands(page=PAGE):
    """What is between backticks and begins with the tool's name: names of commands with at most names of options, and
    whole commands."""
    spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", BLOCK.sub("", page)))
    found = [span for span in spans if re.match("fugo [a-z]", span)]
    is_mention = re.compile(r"fugo( [a-z]+)+( --[a-z-]+)*").fullmatch
    return [span for span in found if is_mention(span)], [span for span in found if not is_mention(span)]


def not_run(page=PAGE):
    """Commands that no test runs. crates/cli/tests/runbooks.rs runs the blocks of its sections, tokens.py the table of
    tokens, and kms.py the block of programs."""
    list_of_sections = re.search(r"const SECTIONS: .*? = \[(.*?)\];", RUNBOOKS, re.DOTALL)[1]
    sections = [*re.findall(r'"## (.*?)"', list_of_sections), "Programs (KMS)"]
    run = [block for name in sections for block in blocks(section(name, page))]
    of_table = [command for _, command in table(page)]
    _, commands = mentions_and_commands(page)
    return [block for block in blocks(page) if block not in run] + [command for command in commands if command not in of_table]
