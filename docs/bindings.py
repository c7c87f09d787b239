#!/usr/bin/env python3
"""Compares the table of docs/bindings.md with the sources, so that no name in it goes stale.

usage: bindings.py --check

Every name in a column must be in the sources of that language, every function of fugo.h and every name that the Python
package exports (exceptions aside) must be in the table. On each run a wrong name is planted in place of each name in
turn, and each must be found.
"""
import ast
import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/bindings.md"
HEADER = ROOT / "crates/capi/include/fugo.h"
PYTHON = ROOT / "crates/python/python/fugo"
IMPL = re.compile(
    r"^impl(?:<[^\n]*?>)? (?:(\w+)(?:<[^\n]*?>)? for )?(\w+)[^\n]*\{\n(.*?)^\}", re.MULTILINE | re.DOTALL
)
RUST = ("src", "crates/keystore/src", "crates/columnar/src")


def text_of(folders, pattern):
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob(pattern))
    return {path: path.read_text(encoding="utf-8") for path in paths}


@functools.cache
def header():
    code = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\b(?:fugo|FUGO)_\w+", code)), set(re.findall(r"\b(fugo_\w+)\(", code))


def in_c(name):
    return name in header()[0]


@functools.cache
def java():
    """Class → what it declares for its users; what a class inherits from Handle is under Handle."""
    found = {}
    for path, text in text_of(["crates/java/src/main/java/fugo"], "*.java").items():
        members = re.findall(r"^    public [^(=;]*?\b(\w+)\(", text, re.MULTILINE)
        if re.search(r"^(public|abstract) ", text, re.MULTILINE):
            found[path.stem] = set(members)
    return found


def in_java(name):
    owner, _, member = name.partition(".")
    return owner in java() and (not member or member in java()[owner])


def members(path):
    """Name → (members, names of arguments) of a Python file's classes and functions."""
    found = {}

    def arguments(function):
        return {one.arg for one in function.args.posonlyargs + function.args.args + function.args.kwonlyargs}

    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, functions):
            found.setdefault(node.name, ({}, set()))[1].update(arguments(node))
        elif isinstance(node, ast.ClassDef):
            own, making = found.setdefault(node.name, ({}, set()))
            for part in node.body:
                if isinstance(part, functions):
                    own.setdefault(part.name, set()).update(arguments(part))
                    making.update(arguments(part) if part.name in ("__new__", "__init__") else ())
                elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    own[part.target.id] = set()
                    making.add(part.target.id)  # a dataclass
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = ({}, set())
    return found


def exported(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "__all__":
            return set(ast.literal_eval(node.value))
    sys.exit(f"{path} has no __all__")


@functools.cache
def python():
    return members(PYTHON / "_fugo.pyi"), exported(PYTHON / "__init__.py")


@functools.cache
def spark():
    found = {}
    for path in sorted((PYTHON / "spark").glob("*.py")):
        found.update(members(path))
    return found, exported(PYTHON / "spark/__init__.py")


def in_module(name, module, package):
    if package == "fugo" and name == "python -m fugo":
        return (PYTHON / "__main__.py").exists()
    declared, public = module
    called = re.fullmatch(r"([\w.]+)\((\w+)=\)", name)
    name, argument = called.groups() if called else (name, None)
    owner, _, member = name.removeprefix(f"{package}.").partition(".")
    if owner not in public or owner not in declared:
        return False
    own, making = declared[owner]
    if member:
        return member in own and (argument is None or argument in own[member])
    return argument is None or argument in making


def in_python(name):
    return in_module(name, python(), "fugo")


def in_spark(name):
    return in_module(name, spark(), "spark")


@functools.cache
def rust():
    """`Type::function` and `module::function` of what is public, and the types."""
    found = set()
    for path, text in text_of(RUST, "*.rs").items():
        text = text.split("#[cfg(test)]\nmod tests")[0]
        found.update(re.findall(r"^pub (?:struct|enum|trait) (\w+)", text, re.MULTILINE))
        module = path.parent.name if path.stem == "mod" else path.stem
        found.update(f"{module}::{name}" for name in re.findall(r"^pub (?:const )?fn (\w+)", text, re.MULTILINE))
        for trait, owner, body in IMPL.findall(text):
            public = r"^    fn (\w+)" if trait else r"^    pub (?:const )?fn (\w+)"
            found.update(f"{owner}::{name}" for name in re.findall(public, body, re.MULTILINE))
    return found


def in_rust(name):
    return name in rust()


@functools.cache
def tool():
    """Commands, and options by the file or folder of their command; `*` is what commands share."""
    commands, options = set(), {}
    source = ROOT / "crates/cli/src"
    for path, text in text_of(["crates/cli/src"], "*.rs").items():
        for body in re.findall(r"^(?:pub\(crate\) )?enum \w*Command \{(.*?)^\}", text, re.MULTILINE | re.DOTALL):
            outer = "" if path.parent == source else f"{path.parent.name} "
            commands.update(outer + name.lower() for name in re.findall(r"^    ([A-Z]\w*)\b", body, re.MULTILINE))
        relative = path.relative_to(source).with_suffix("")
        place = " ".join(relative.parts)
        has_commands = relative.parts[0] in ("key", "symbol") and len(relative.parts) == 2
        owner = place if has_commands else relative.parts[0]
        given = re.findall(r"#\[arg\(([^]]*?\blong\b[^]]*)\)\]\s+(?:pub(?:\(\w+\))? )?(\w+):", text)
        for attributes, field in given:
            named = re.search(r'\blong = "([\w-]+)"', attributes)
            options.setdefault(owner, set()).add(named[1] if named else field.replace("_", "-"))
    owners = ("unlock", "seal", "options", "keys", "epoch", "key root")
    shared = set().union(*(options.get(owner, set()) for owner in owners))
    main = (source / "lib.rs").read_text(encoding="utf-8") + (source / "main.rs").read_text(encoding="utf-8")
    if re.search(r'#\[command\(name = "fugo", version', main):
        options[""] = {"version"}
    return commands, options, shared


def in_tool(name):
    commands, options, shared = tool()
    called = re.fullmatch(r"fugo ?([a-z ]*?) ?(?:--([\w-]+))?", name)
    if called is None:
        return False
    command, option = called.groups()
    if command not in commands and not (command == "" and option):
        return False
    return option is None or option in options.get(command, set()) | (shared if command else set())


COLUMNS = {"Rust": in_rust, "C": in_c, "Java": in_java, "Python": in_python, "Spark": in_spark, "tool": in_tool}


def rows(page):
    """(line, column, name) of each name in the table."""
    languages = None
    for number, line in enumerate(page.split("\n"), 1):
        if not line.startswith("|"):
            languages = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if languages is None:
            languages = cells[1:]
            if languages != list(COLUMNS):
                sys.exit(f"{PAGE}:{number}: the columns are not {', '.join(COLUMNS)}")
        elif not set(cells[0]) <= set("-"):
            if len(cells) != len(languages) + 1:
                sys.exit(f"{PAGE}:{number}: {len(cells)} cells")
            for language, cell in zip(languages, cells[1:]):
                names = re.findall(r"`([^`]+)`", cell)
                if re.sub(r"`[^`]+`", "", cell).strip(" ,") != ("" if names else "—"):
                    sys.exit(f"{PAGE}:{number}: {language} is neither names nor a dash: {cell}")
                yield from ((number, language, name) for name in names)


def findings(page):
    table = list(rows(page))
    for number, language, name in table:
        if not COLUMNS[language](name):
            yield f"{PAGE.name}:{number}: {language} has no {name}"
    in_c_column = {name for _, language, name in table if language == "C"}
    for name in sorted(header()[1] - in_c_column):
        yield f"{PAGE.name}: {name} of fugo.h is not in the table"
    of_python = (name.removeprefix("fugo.") for _, language, name in table if language == "Python")
    in_python_column = {re.split(r"[.(]", name)[0] for name in of_python}
    for name in sorted(python()[1] - in_python_column):
        # FaultsTable is what a method in the table gives.
        if not name.endswith("Error") and name != "FaultsTable":
            yield f"{PAGE.name}: fugo.{name} of the Python package is not in the table"


def self_test(page):
    """A wrong name in place of each name is found, and so is each function of C that is left out."""
    table = list(rows(page))
    if len(table) < 250 or {language for _, language, _ in table} != set(COLUMNS):
        sys.exit(f"{PAGE.name}: only {len(table)} names were read")
    for _, language, name in table:
        wrong = name[:-2] + "x=)" if name.endswith("=)") else name + "x"
        if COLUMNS[language](wrong):
            sys.exit(f"a planted {wrong} was not found in {language}")
    planted = page.replace("`fugo_derive_batch`", "`fugo_derive_batches`")
    expected = {"C has no fugo_derive_batches", "fugo_derive_batch of fugo.h is not in the table"}
    if {one.split(": ", 1)[1] for one in findings(planted)} != expected:
        sys.exit("a function that was renamed in the table was not found")


def main():
    if sys.argv[1:] != ["--check"]:
        sys.exit(__doc__)
    page = PAGE.read_text(encoding="utf-8")
    found = list(findings(page))
    print("\n".join(found), end="\n" if found else "")
    if found:
        sys.exit(f"{len(found)} names to change in {PAGE.name}")
    self_test(page)


main()
