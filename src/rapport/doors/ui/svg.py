"""Drawings as data: shapes with their geometry, and the one place that writes them as SVG.

Geometry stands in attributes and colour in the stylesheet, because the content security policy forbids inline style.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Shape:
    """One element of a drawing; `kind` is the class that the stylesheet colours."""

    tag: str
    kind: str
    geometry: tuple[tuple[str, str], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in the order in which they are painted, inside a view box in SVG units."""

    view_box: str
    shapes: tuple[Shape, ...]


def number(value: float) -> str:
    """A coordinate with at most one decimal, as SVG writes it."""
    rounded = round(value, 1)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def path(kind: str, d: str) -> Shape:
    """A line or an outline, drawn by its path."""
    return Shape("path", kind, (("d", d),))


def circle(kind: str, x: float, y: float, r: float) -> Shape:
    """A circle around (x, y)."""
    return Shape("circle", kind, (("cx", number(x)), ("cy", number(y)), ("r", f"{r:g}")))


def rect(kind: str, x: float, y: float, width: float, height: float) -> Shape:
    """A rectangle with square corners."""
    corners = (("x", number(x)), ("y", number(y)), ("width", number(width)), ("height", number(height)))
    return Shape("rect", kind, corners)


def square(kind: str, x: float, y: float, side: float, *, corner: float) -> Shape:
    """A square with rounded corners: the only one on a track is "paid"."""
    shape = rect(kind, x, y, side, side)
    return Shape("rect", kind, (*shape.geometry, ("rx", f"{corner:g}")))


def arc(kind: str, x: float, y: float, r: float, *, percent: float) -> Shape:
    """The part of a circle that begins at twelve o'clock and fills `percent` of it."""
    base = circle(kind, x, y, r).geometry
    turn = ("transform", f"rotate(-90 {number(x)} {number(y)})")
    return Shape("circle", kind, (*base, ("pathLength", "100"), ("stroke-dasharray", f"{percent:.0f} 100"), turn))


def text(kind: str, x: float, y: float, words: str) -> Shape:
    """Words whose baseline begins at (x, y)."""
    return Shape("text", kind, (("x", number(x)), ("y", number(y))), words)


def markup(drawing: Drawing, *, css: str, label: str = "") -> SafeString:
    """The drawing as SVG; with a label it is an image to those who listen, without one it is decoration."""
    voice = (("role", "img"), ("aria-label", label)) if label else (("aria-hidden", "true"),)
    return format_html(
        '<svg class="{}" viewBox="{}"{}>{}</svg>',
        css,
        drawing.view_box,
        format_html_join("", ' {}="{}"', voice),
        _shapes(drawing.shapes),
    )


def _shapes(shapes: Iterable[Shape]) -> SafeString:
    return format_html_join("", "{}", ((_shape(shape),) for shape in shapes))


def _shape(shape: Shape) -> SafeString:
    kind = format_html(' class="{}"', shape.kind) if shape.kind else ""
    geometry = format_html_join("", ' {}="{}"', shape.geometry)
    if shape.tag == "text":
        return format_html("<text{}{}>{}</text>", kind, geometry, shape.text)
    return format_html("<{}{}{}/>", shape.tag, kind, geometry)
