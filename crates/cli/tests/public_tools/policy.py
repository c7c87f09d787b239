"""Checks that docs/policy.schema.json accepts the policy of docs/policy.md, and refuses what the tool refuses.

usage: policy.py TOOL
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

from jsonschema import Draft202012Validator

DOCS = pathlib.Path(__file__).resolve().parents[4] / "docs"


def refused_by_tool(tool, text, folder):
    """Whether the tool stops at the policy; it has no key file, and refuses that after the policy."""
    policy = folder / "policy.toml"
    policy.write_text(text)
    command = [tool, "convert", "--policy", policy, "--test-keys", "--key", "agency-nta-1.key", "--out", "out.csv", "roster.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 2 and "docs/policy.md describes it" in done.stderr


def main(tool):
    schema = json.loads((DOCS / "policy.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    text = (DOCS / "policy.md").read_text().split("```toml\n")[1].split("```")[0]
    good = tomllib.loads(text)
    assert validator.is_valid(good)
    changes = {
        "version = 1": "version = 2",
        "group-size = 5": "group-size = 0",
        '"coarsen"': '"hide"',
        'small-groups = "coarsen"': 'small-groups = "refuse"',
        '"first 2 of 8"': '"first 2 of 21"',
        '"0.5%"': "0.5",
        'sex = "exact"': 'sex = "as it is"',
        "least-rows = 1000": "fewest-rows = 1000",
        '["agency/moj"]': '["moj"]',
    }
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for command in (
            ["key", "new", "--use", "test", "--plaintext", "--out", "root.key"],
            ["key", "derive", "--root", "root.key", "--scope", "agency/nta/1", "--plaintext", "--out", "agency-nta-1.key"],
        ):
            subprocess.run([tool, *command], cwd=folder, check=True, capture_output=True)
        (folder / "roster.csv").write_text("my_number\n123456789018\n")
        assert not refused_by_tool(tool, text, folder)
        for was, now in changes.items():
            changed = text.replace(was, now, 1)
            assert changed != text, was
            assert not validator.is_valid(tomllib.loads(changed)), f"the schema accepts {now}"
            assert refused_by_tool(tool, changed, folder), f"the tool accepts {now}"
    print(f"the schema and the tool accept the policy of the document, and refuse {len(changes)} others")


main(sys.argv[1])
