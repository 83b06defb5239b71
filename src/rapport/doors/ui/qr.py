"""QR codes as drawings: one path of dark runs on a plate that stays paper in both themes."""

from io import BytesIO

import segno

from rapport.doors.ui import svg
from rapport.doors.ui.svg import Drawing

_QUIET_ZONE = 2


def qr(text: str) -> Drawing:
    """The code of an address, with medium error correction so that a printed corner may be lost."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    runs = "".join(_runs(row, y) for y, row in enumerate(rows))
    side = len(rows) + 2 * _QUIET_ZONE
    plate = svg.rect("plate", -_QUIET_ZONE, -_QUIET_ZONE, side, side)
    return Drawing(f"-{_QUIET_ZONE} -{_QUIET_ZONE} {side} {side}", (plate, svg.path("", runs)))


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


def qr_file(text: str) -> bytes:
    """The same code as an SVG file of its own, black on white, for print."""
    file = BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="svg", border=4, scale=8, light="#ffffff", title=text)
    return file.getvalue()
