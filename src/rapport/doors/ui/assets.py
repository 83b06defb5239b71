"""Where the built files are: the manifest that says which hashed name is the present one."""

import json
from functools import cache
from pathlib import Path

from django.templatetags.static import static

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"


@cache
def manifest() -> dict[str, str]:
    """Names as pages ask for them → names with the hash of their content."""
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    return names


def asset_url(name: str) -> str:
    """Address of a built file, for example of `app.css`.

    Raises:
        KeyError: when no such file was built.
    """
    return static(f"dist/{manifest()[name]}")
