"""Asks the official packages of Node: a program that reads questions and answers them, line by line."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.support.system import NODE_FOLDER, NODE_LIST, Missing, has_node_packages


def ask_node(questions: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the answers to these questions."""
    if not has_node_packages():
        raise Missing("the packages of Node that judge signatures")
    asked = "".join(f"{json.dumps(question)}\n" for question in questions)
    answered = subprocess.run(
        ["node", str(NODE_LIST / "proofs.mjs"), str(NODE_FOLDER)],
        input=asked,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return [json.loads(line) for line in answered.stdout.splitlines()]
