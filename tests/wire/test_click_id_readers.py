"""The published vectors of the click id hold for our own reader and for those in JavaScript and PHP."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rapport.wire import clickid
from rapport.wire.clickid import ClickId, Key
from tests.support.system import Missing

FOLDER = Path(__file__).parents[2] / "docs" / "click-id"
VECTORS: list[dict[str, Any]] = json.loads((FOLDER / "vectors.json").read_text())
IN_JAVASCRIPT = """
const { read } = require(process.argv[1]);
const vectors = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
const found = vectors.map(({ text, key }) => read(text, key === null ? undefined : Buffer.from(key, "hex")));
console.log(JSON.stringify(found));
"""
IN_PHP = """
require $argv[1];
$vectors = json_decode(file_get_contents($argv[2]), true);
$key = fn ($vector) => $vector['key'] === null ? null : hex2bin($vector['key']);
echo json_encode(array_map(fn ($vector) => rapport_read_click_id($vector['text'], $key($vector)), $vectors));
"""


def run(program: str, *arguments: str) -> list[dict[str, Any]]:
    """Return what a reader in another language makes of all vectors."""
    path = shutil.which(program)
    if path is None:
        raise Missing(program)
    done = subprocess.run([path, *arguments], check=True, capture_output=True, text=True, timeout=60)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("vector", [one for one in VECTORS if one["key"]], ids=lambda one: str(one["name"]))
def test_our_own_reader_agrees_with_the_published_vectors(vector: dict[str, Any]) -> None:
    said = vector["result"]
    number = said.get("key_number", 7)

    found = clickid.read(vector["text"], keys={number: Key(number, bytes.fromhex(vector["key"]))})

    if isinstance(found, ClickId):
        assert (found.at_ms, found.link_number, found.key_number) == (said["at_ms"], said["link_number"], number)
        assert [str(mark.name).lower() for mark in found.marks] == said["marks"]
    else:
        assert said == {"ok": False, "reason": str(found)}


def test_the_reader_in_javascript_agrees_with_the_published_vectors() -> None:
    found = run("node", "-e", IN_JAVASCRIPT, str(FOLDER / "click-id.js"), str(FOLDER / "vectors.json"))
    assert found == [vector["result"] for vector in VECTORS]


def test_the_reader_in_php_agrees_with_the_published_vectors() -> None:
    found = run("php", "-r", IN_PHP, str(FOLDER / "click_id.php"), str(FOLDER / "vectors.json"))
    assert found == [vector["result"] for vector in VECTORS]
