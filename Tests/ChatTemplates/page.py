"""Prints docs/chat-templates.md from expected.json and differences.json."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent

HEAD = """\
# Chat templates

Tokenwire renders a model's own chat template with llama.cpp's interpreter of Jinja. This table compares what it
makes of {conversations} conversations with what `apply_chat_template` of transformers makes of them, for the
{templates} templates that llama.cpp has in `models/templates`: {equal} of {all} texts are equal, byte for byte.
`make chat-templates` writes this page; the tests of LlamaGeneration fail when it is not true.

The conversations: **user**, a question; **system**, with a system message; **turns**, several questions and answers;
**thinking**, an answer with its thoughts; **tools**, two tools offered; **call**, one called, with its result; **calls**,
two called at once; **continued**, an answer begun. Thinking is on. A letter stands for a reason, below.

"""


def main():
    cases = json.loads((FOLDER / "expected.json").read_text())
    differences = json.loads((FOLDER / "differences.json").read_text())
    kinds = list(cases["conversations"])
    letters = {name: chr(ord("A") + index) for index, name in enumerate(differences["reasons"])}
    known = differences["templates"]
    count = len(cases["templates"]) * len(kinds)
    print(
        HEAD.format(
            conversations=len(kinds),
            templates=len(cases["templates"]),
            equal=count - sum(map(len, known.values())),
            all=count,
        ),
        end="",
    )
    print("| template | " + " | ".join(kinds) + " |")
    print("|---|" + "---|" * len(kinds))
    for name, expected in cases["templates"].items():
        cells = []
        for kind in kinds:
            equal = "=" if "text" in expected[kind] else "both refuse"
            reason = known.get(name, {}).get(kind)
            cells.append(letters[reason] if reason else equal)
        print(f"| {name} | " + " | ".join(cells) + " |")
    print()
    for name, reason in differences["reasons"].items():
        print(f"- **{letters[name]}**: {reason}")


main()
