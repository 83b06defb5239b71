"""The three signatures as drawings: the track of a commission, the ring of an age, the clock of a service.

A track is always click, order, hold, approved, paid. Done is a filled dot on a solid line, now wears a halo, the hold
is a ring that fills, what comes is hollow on a dotted line, and paid is the only square.
"""

import math
from typing import Final

from rapport.doors.ui import svg
from rapport.doors.ui.svg import Drawing, Shape

CLICK, ORDER, HOLD, APPROVED, PAID = 6.0, 25.0, 44.0, 63.0, 82.0
_PLACES: Final = (CLICK, ORDER, HOLD, APPROVED, PAID)
_MIDDLE: Final = 8.0

# How far each state has come: the place where the solid line ends.
TRACK_STATES: Final = {
    "none": None,
    "clicked": CLICK,
    "reported": ORDER,
    "waiting": HOLD,
    "held": HOLD,
    "disputed": HOLD,
    "declined": HOLD,
    "approved": APPROVED,
    "reversed": APPROVED,
    "paid": PAID,
}

NEAR: Final = 0.75
FULL: Final = 1.0


def track(state: str, *, passed: float = 0) -> Drawing:
    """The glyph of 88 by 16: how far a commission has come.

    Args:
        state: one of `TRACK_STATES`.
        passed: how much of the hold is over, in percent; drawn while it is waiting.

    Raises:
        KeyError: for a state that has no drawing.
    """
    end = TRACK_STATES[state]
    shapes = [*_line(end), *(_behind(place) for place in _PLACES[:-1] if end is not None and place < end)]
    if end is not None:
        shapes += _head(state, end, passed)
    shapes += [_ahead(place) for place in _PLACES if end is None or place > end]
    return Drawing("0 0 88 16", tuple(shapes))


def _line(end: float | None) -> list[Shape]:
    start = CLICK if end is None else end
    ahead = [svg.path("way", f"M{svg.number(start)} 8H82")] if start < PAID else []
    done = [svg.path("done", f"M6 8H{svg.number(start)}")] if start > CLICK else []
    return [*ahead, *done]


def _behind(place: float) -> Shape:
    return svg.circle("dot", place, _MIDDLE, 3)


def _ahead(place: float) -> Shape:
    if place == PAID:
        return svg.square("hollow", 78.5, 4.5, 7, corner=1)
    return svg.circle("hollow", place, _MIDDLE, 2.5)


def _head(state: str, end: float, passed: float) -> list[Shape]:
    if state == "waiting":
        return _hold(end, passed)
    return list(_HEADS.get(state, (svg.circle("halo", end, _MIDDLE, 5.5), _behind(end))))


# What stands at the end of the line in place of the halo that says "now".
_HEADS: Final = {
    "held": (
        svg.path("held", "M44 1.5l6.8 12h-13.6z"),
        svg.path("mark", "M43.2 5.8h1.6v4h-1.6zM43.2 10.8h1.6v1.5h-1.6z"),
    ),
    "disputed": (
        svg.path("open", "M44 1.2l6.8 6.8-6.8 6.8-6.8-6.8z"),
        svg.circle("mark", HOLD, _MIDDLE, 1.8),
    ),
    "declined": (
        svg.circle("mark", HOLD, _MIDDLE, 6),
        svg.path("cut", "M40.4 4.4l7.2 7.2m0-7.2l-7.2 7.2"),
    ),
    "reversed": (
        _behind(APPROVED),
        svg.path("cut", "M63 12.5v.5a3 3 0 0 1-3 3H28a3 3 0 0 1-3-3v-.6m-2.6 2l2.6-2.6 2.6 2.6"),
    ),
    "paid": (
        svg.square("dot", 77, 3, 10, corner=1.5),
        svg.path("tick", "M79.6 8.2l1.7 1.7 3.2-3.6"),
    ),
}


def _hold(end: float, passed: float) -> list[Shape]:
    return [svg.circle("base", end, _MIDDLE, 5), svg.arc("arc", end, _MIDDLE, 5, percent=_percent(passed))]


def node(kind: str, *, passed: float = 0) -> Drawing:
    """One stop of a course or a story, 20 by 20.

    Args:
        kind: done, now, next, hold, paid, paid-next, held, disputed, declined, reversed or aside.
        passed: how much of a hold is over, in percent.

    Raises:
        KeyError: for a stop that has no drawing.
    """
    if kind == "hold":
        ring = (svg.circle("base", 10, 10, 7), svg.arc("arc", 10, 10, 7, percent=_percent(passed)))
        return Drawing("0 0 20 20", ring)
    return Drawing("0 0 20 20", _NODES[kind])


_NODES: Final[dict[str, tuple[Shape, ...]]] = {
    "done": (svg.circle("dot", 10, 10, 4),),
    "now": (svg.circle("halo", 10, 10, 7.5), svg.circle("dot", 10, 10, 4)),
    "next": (svg.circle("hollow", 10, 10, 3.5),),
    "aside": (svg.circle("hollow", 10, 10, 3),),
    "paid": (svg.square("dot", 3.5, 3.5, 13, corner=2), svg.path("tick", "M6.8 10.3l2.2 2.2 4.3-4.8")),
    "paid-next": (svg.square("hollow", 5.5, 5.5, 9, corner=1.5),),
    "held": (svg.path("held", "M10 1.5l8.5 15h-17z"), svg.path("mark", "M9.1 6.8h1.8v5H9.1zM9.1 13h1.8v1.8H9.1z")),
    "disputed": (svg.path("open", "M10 1.5l8.5 8.5-8.5 8.5L1.5 10z"), svg.circle("mark", 10, 10, 2.2)),
    "declined": (svg.circle("mark", 10, 10, 8), svg.path("cut", "M5.5 5.5l9 9m0-9l-9 9")),
    "reversed": (
        svg.circle("mark", 10, 10, 8),
        svg.path("cut", "M5 8h6.5a3.5 3.5 0 0 1 0 7H8M8 4.8L4.8 8 8 11.2"),
    ),
}
NODE_KINDS: Final = (*_NODES, "hold")

# The line that leaves one of these stops is dotted: nothing after it has happened yet.
AHEAD_OF: Final = frozenset({"now", "next", "hold", "held", "disputed", "paid-next"})


def ring(share: float) -> Drawing:
    """The age of something that waits, as a share of its promise: full at 1, a red disc beyond."""
    if share > FULL:
        bang = svg.path("bang", "M10 5.6v5.2m0 3.5v.1")
        return Drawing("0 0 20 20", (svg.circle("disc", 10, 10, 9), bang))
    shapes = (svg.circle("base", 10, 10, 7.75), svg.arc("arc", 10, 10, 7.75, percent=_percent(share * 100)))
    core = (svg.circle("core", 10, 10, 2.5),) if share >= NEAR else ()
    return Drawing("0 0 20 20", (*shapes, *core))


def nearness(share: float) -> str:
    """Quiet until three quarters of the promise are used up, then near, then over."""
    if share > FULL:
        return "over"
    return "near" if share >= NEAR else "quiet"


def dial(share: float, *, value: str, unit: str, nine: float | None = None) -> Drawing:
    """A service clock, 84 by 84: the median as arc of the promise, a notch where nine of ten are done.

    Args:
        share: median as a share of the promise.
        value: the median as a number to be written in the middle.
        unit: its unit, under the number.
        nine: the ninth decile as a share of the promise, or None when there is none to show.
    """
    shapes = [
        svg.path("ticks", "".join(_tick(hour) for hour in range(24))),
        svg.circle("base", 42, 42, 33),
        svg.arc("arc arc-late" if share > FULL else "arc", 42, 42, 33, percent=_percent(share * 100)),
    ]
    if nine is not None:
        shapes.append(svg.path("nine", _radius(min(nine, FULL) * 24, inner=29, outer=37)))
    shapes += [svg.text("say", 42, 44, value), svg.text("unit", 42, 58, unit)]
    return Drawing("0 0 84 84", tuple(shapes))


def _tick(hour: int) -> str:
    # Every sixth tick is longer and a little nearer to the ring, as on a watch.
    return _radius(hour, inner=37.5, outer=41) if hour % 6 == 0 else _radius(hour, inner=39, outer=41)


def _radius(hour: float, *, inner: float, outer: float) -> str:
    angle = math.tau * hour / 24
    x, y = math.sin(angle), -math.cos(angle)
    points = (42 + x * inner, 42 + y * inner, 42 + x * outer, 42 + y * outer)
    x1, y1, x2, y2 = (svg.number(point) for point in points)
    return f"M{x1} {y1}L{x2} {y2}"


def _percent(value: float) -> float:
    return max(0.0, min(100.0, value))


def state_shape(kind: str) -> tuple[str, Drawing]:
    """Tone and shape of a state; the word stands beside it.

    Raises:
        KeyError: for a kind that has no shape.
    """
    tone, shapes = STATES[kind]
    return tone, Drawing("0 0 10 10", shapes)


def _outline(shape: Shape, *, width: float, **more: str) -> Shape:
    geometry = (
        ("fill", "none"),
        ("stroke-width", f"{width:g}"),
        *((key.replace("_", "-"), v) for key, v in more.items()),
    )
    return Shape(shape.tag, shape.kind, (*shape.geometry, *geometry))


def _solid(shape: Shape) -> Shape:
    return Shape(shape.tag, shape.kind, (*shape.geometry, ("stroke", "none")))


_DOT: Final = (_solid(svg.circle("", 5, 5, 4)),)
_HALF: Final = (_outline(svg.circle("", 5, 5, 4), width=1.5), _solid(svg.path("", "M5 1a4 4 0 0 1 0 8z")))
_RING: Final = (_outline(svg.circle("", 5, 5, 3.75), width=1.5),)
_SQUARE: Final = (_solid(svg.square("", 1, 1, 8, corner=1.5)),)
_WEDGE: Final = (_solid(svg.path("", "M5 .6l4.8 8.6H.2z")),)
_DIAMOND: Final = (_solid(svg.path("", "M5 .3L9.7 5 5 9.7.3 5z")),)
_CROSS: Final = (_outline(svg.path("", "M1.5 1.5l7 7m0-7l-7 7"), width=1.75, stroke_linecap="round"),)
_BEND: Final = (
    _outline(svg.path("", "M1.2 3.6h5a2.6 2.6 0 0 1 0 5.2H4M3.6 1L1 3.6l2.6 2.6"), width=1.5, stroke_linecap="round"),
)
_DASH: Final = (_outline(svg.path("", "M1 5h8"), width=1.75, stroke_linecap="round"),)

STATES: Final[dict[str, tuple[str, tuple[Shape, ...]]]] = {
    "draft": ("off", _RING),
    "reported": ("go", _HALF),
    "waiting": ("go", _HALF),
    "running": ("go", _HALF),
    "approved": ("go", _DOT),
    "paid": ("go", _SQUARE),
    "verified": ("ok", _DOT),
    "held": ("warn", _WEDGE),
    "late": ("bad", _WEDGE),
    "disputed": ("info", _DIAMOND),
    "declined": ("bad", _CROSS),
    "reversed": ("bad", _BEND),
    "ended": ("off", _DASH),
}
