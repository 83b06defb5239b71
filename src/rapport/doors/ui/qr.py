"""QR codes as drawings: one path of dark runs on a plate that stays paper in both themes."""

import segno
from django.utils.html import format_html

from rapport.doors.ui import svg
from rapport.doors.ui.svg import Drawing

_QUIET_ZONE = 2
_PRINTED_ZONE = 4


def qr(text: str) -> Drawing:
    """The code of an address, with medium error correction so that a printed corner may be lost."""
    count, runs = _dark(text)
    side = count + 2 * _QUIET_ZONE
    plate = svg.rect("plate", -_QUIET_ZONE, -_QUIET_ZONE, side, side)
    return Drawing(f"-{_QUIET_ZONE} -{_QUIET_ZONE} {side} {side}", (plate, svg.path("", runs)))


def qr_file(text: str) -> str:
    """The same code as an SVG file of its own: black on white, with the wide rim that print needs."""
    count, runs = _dark(text)
    side = count + 2 * _PRINTED_ZONE
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{rim} -{rim} {side} {side}" width="600" height="600"'
        ' shape-rendering="crispEdges"><title>{text}</title>'
        '<rect x="-{rim}" y="-{rim}" width="{side}" height="{side}" fill="#ffffff"/>'
        '<path d="{runs}" fill="#000000"/></svg>',
        rim=_PRINTED_ZONE,
        side=side,
        text=text,
        runs=runs,
    )


def _dark(text: str) -> tuple[int, str]:
    """Return how many modules a side has, and the dark ones as a path."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    return len(rows), "".join(_runs(row, y) for y, row in enumerate(rows))


def _runs(row: bytes, y: int) -> str:
    drawn, x = [], 0
    while x < len(row):
        end = x
        while end < len(row) and row[end]:
            end += 1
        if end > x:
            drawn.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
        x = end + 1
    return "".join(drawn)
