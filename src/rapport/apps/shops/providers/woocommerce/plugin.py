"""The plug-in that a WooCommerce shop installs: one file, with the program's parameter filled in."""

from pathlib import Path

FILE_NAME = "rapport-click-id.php"
_SOURCE = Path(__file__).with_name(FILE_NAME)
_PARAMETER = "const RAPPORT_PARAMETER = 'rpid';"


def plugin_text(*, parameter: str) -> str:
    """Return the plug-in for a program whose links carry the click id in this parameter."""
    safe = "".join(letter for letter in parameter if letter.isascii() and (letter.isalnum() or letter in "_-"))
    return _SOURCE.read_text(encoding="utf-8").replace(_PARAMETER, _PARAMETER.replace("rpid", safe))
