"""What the browser loads is built, complete, named after its content, and ours alone."""

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from rapport.doors.ui.assets import DIST, asset_url, manifest

TEMPLATES = Path(DIST).parents[1] / "doors"


def test_every_built_file_carries_the_hash_of_its_content() -> None:
    for name, file in manifest().items():
        content = (DIST / file).read_bytes()
        stem, _, ending = name.rpartition(".")
        assert file == f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


def test_the_folder_holds_what_the_manifest_names_and_nothing_else() -> None:
    present = {path.name for path in DIST.iterdir()}
    assert present == {*manifest().values(), "manifest.json", "licences.txt"}


def test_every_file_that_a_page_asks_for_was_built() -> None:
    asked = set()
    for template in TEMPLATES.rglob("*.html"):
        asked |= set(re.findall(r"{% asset ['\"]([^'\"]+)['\"]", template.read_text(encoding="utf-8")))
    assert asked
    assert asked <= set(manifest())


def test_the_stylesheet_points_at_fonts_that_are_there_and_at_no_other_host() -> None:
    css = (DIST / manifest()["app.css"]).read_text(encoding="utf-8")
    files = re.findall(r"url\(([^)]+)\)", css)
    fonts = {file.strip("\"'").removeprefix("./") for file in files if ".woff2" in file}
    assert fonts == {name for name in manifest().values() if name.endswith(".woff2")}
    assert not [file for file in files if "//" in file]


def test_django_serves_a_built_file_under_the_address_that_pages_get() -> None:
    address = asset_url("app.css")
    assert address.startswith("/static/dist/app.")
    assert finders.find(address.removeprefix("/static/"))


def test_a_file_that_nobody_built_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        asset_url("nowhere.css")


def test_every_icon_that_a_template_names_was_built() -> None:
    named = set()
    for template in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r"\bicon=\"([a-z0-9-]+)\"", template.read_text(encoding="utf-8")))
        named |= set(re.findall(r"<c-icon name=\"([a-z0-9-]+)\"", template.read_text(encoding="utf-8")))
    assert named
    for name in sorted(named):
        assert render_to_string(f"ui/icons/{name}.svg")
