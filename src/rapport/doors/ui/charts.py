"""Charts as drawings: figures in, geometry out. Every chart has a table twin made of the same figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import median, quantiles
from typing import Final

from rapport.doors.ui import svg
from rapport.doors.ui.svg import Drawing, Shape

Figure = int | Decimal

_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 432.0, 40.0, 190.0
_WIDTH, _HEIGHT = 520, 200
_ON_A_PHONE: Final = 5  # labels, that find room beside each other
_STEPS: Final = (1, 2, 5)
_AT_MOST: Final = 3
_STRIPED: Final = 2


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one colour of bars: its name and a figure per label."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with the table that says the same."""

    drawing: Drawing
    labels: tuple[str, ...]
    series: tuple[Series, ...]


def lines(*, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """At most three lines over the same labels, each named at its end; later lines are dashed, not only coloured.

    Raises:
        ValueError: when a series has another length than the labels, or there are more than three.
    """
    _check(labels, series)
    scale = _Scale.of(figure for one in series for figure in one.figures)
    shapes = [*scale.grid()]
    for index, one in reversed(list(enumerate(series, start=1))):
        points = [(_across(place, len(labels)), scale.y(figure)) for place, figure in enumerate(one.figures)]
        shapes += _line(points, index=index, name=f"{one.name}, {one.figures[-1]}")
    shapes += _labels(labels)
    return Chart(_framed(shapes), tuple(labels), tuple(series))


def bars(*, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """At most three bars per label, side by side: the first full, the second striped, the third hollow.

    Raises:
        ValueError: when a series has another length than the labels, or there are more than three.
    """
    _check(labels, series)
    scale = _Scale.of(figure for one in series for figure in one.figures)
    room = (_RIGHT - _LEFT) / len(labels)
    width = min(28.0, room * 0.7 / len(series))
    shapes = [*scale.grid()]
    for index, one in enumerate(series, start=1):
        for place, figure in enumerate(one.figures):
            x = _LEFT + room * (place + 0.5) + (index - 1 - len(series) / 2) * width
            shapes += _bar(scale, index=index, x=x + 1, width=max(1.0, width - 3), figure=figure)
        shapes += _key(index, one.name)
    shapes += _labels(labels, bars=True)
    return Chart(_framed(shapes), tuple(labels), tuple(series))


def sparkline(figures: Sequence[Figure], *, usual: bool = False) -> Drawing:
    """A line of 180 by 28 without axes; `usual` draws the middle half of the figures as a band behind it."""
    low, high = min(figures, default=0), max(figures, default=0)
    spread = float(high - low) or 1.0
    last = max(1, len(figures) - 1)
    points = [(3 + 174 * i / last, 25 - 22 * float(figure - low) / spread) for i, figure in enumerate(figures)]
    shapes: list[Shape] = []
    if usual and len(figures) > 1:
        first, _, third = quantiles([float(figure) for figure in figures], n=4, method="inclusive")
        top, bottom = (25 - 22 * (edge - float(low)) / spread for edge in (third, first))
        shapes.append(svg.rect("usual", 0, top, 180, bottom - top))
    if points:
        shapes += [svg.path("line", _polyline(points)), svg.circle("last", *points[-1], 3.5)]
    return Drawing("0 0 180 28", tuple(shapes))


def range_strip(now: Figure, figures: Sequence[Figure]) -> Drawing:
    """One figure among its usual ones, 96 by 16: their span, each of them, their median and the present one."""
    everything = [float(figure) for figure in (*figures, now)]
    low, spread = min(everything), (max(everything) - min(everything)) or 1.0
    across = [6 + 84 * (figure - low) / spread for figure in everything]
    shapes: list[Shape] = []
    if figures:
        usual = across[:-1]
        middle = svg.number(median(usual))
        shapes.append(svg.path("span", f"M{svg.number(min(usual))} 8H{svg.number(max(usual))}"))
        shapes += [svg.circle("each", x, 8, 1) for x in usual]
        shapes.append(svg.path("median", f"M{middle} 3v10"))
    return Drawing("0 0 96 16", (*shapes, svg.circle("now", across[-1], 8, 4)))


@dataclass(frozen=True, slots=True)
class _Scale:
    """From figures to heights: zero is always on the chart, the steps are round."""

    low: Decimal
    high: Decimal
    step: Decimal

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> "_Scale":
        known = [Decimal(figure) for figure in figures]
        top, floor = max([Decimal(0), *known]), min([Decimal(0), *known])
        step = _round_step((top - floor) / 3)
        high = step * max(Decimal(1), (top / step).to_integral_value(ROUND_CEILING))
        return cls(step * (floor / step).to_integral_value(ROUND_FLOOR), high, step)

    def y(self, figure: Figure) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * float((Decimal(figure) - self.low) / (self.high - self.low))

    def grid(self) -> list[Shape]:
        shapes = []
        mark = self.low
        while mark <= self.high:
            height = svg.number(self.y(mark))
            shapes.append(svg.path("zero-line" if mark == 0 else "grid-line", f"M28 {height}H440"))
            if mark != 0:
                shapes.append(svg.text("", 0, self.y(mark) + 4, f"{mark.normalize():f}"))
            mark += self.step
        return shapes


def _bar(scale: _Scale, *, index: int, x: float, width: float, figure: Figure) -> list[Shape]:
    top, bottom = sorted((scale.y(figure), scale.y(0)))
    shapes = [svg.rect(f"bar-{index}", x, top, width, bottom - top)]
    if index == _STRIPED:
        heights = [bottom - gap for gap in range(4, int(bottom - top), 4)]
        across = svg.number(width)
        shapes.append(svg.path("stripes", "".join(f"M{svg.number(x)} {svg.number(y)}h{across}" for y in heights)))
    return shapes


def _key(index: int, name: str) -> list[Shape]:
    top = _TOP + 20 * (index - 1)
    words = svg.text("strong" if index == 1 else "", 460, top + 9, name)
    return [svg.rect(f"bar-{index}", 446, top, 10, 10), words]


def _round_step(rough: Decimal) -> Decimal:
    if rough <= 0:
        return Decimal(1)
    magnitude = Decimal(10) ** rough.adjusted()
    return next((magnitude * step for step in _STEPS if magnitude * step >= rough), magnitude * 10)


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    if not 1 <= len(series) <= _AT_MOST:
        raise ValueError(f"a chart tells one to three series apart, not {len(series)}")
    for one in series:
        if len(one.figures) != len(labels) or not labels:
            raise ValueError(f"{one.name} has {len(one.figures)} figures for {len(labels)} labels")


def _framed(shapes: Sequence[Shape]) -> Drawing:
    return Drawing(f"0 0 {_WIDTH} {_HEIGHT + 20}", tuple(shapes))


def _across(place: int, count: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * place / max(1, count - 1)


def _line(points: list[tuple[float, float]], *, index: int, name: str) -> list[Shape]:
    x, y = points[-1]
    return [
        svg.path(f"line-{index}", _polyline(points)),
        svg.circle(f"dot-{index}", x, y, 3.5),
        svg.text("strong" if index == 1 else "", 446, y + 4, name),
    ]


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in points)


def _labels(labels: Sequence[str], *, bars: bool = False) -> list[Shape]:
    room = (_RIGHT - _LEFT) / len(labels)
    # Labels of a long time would run into each other: every n-th is written, the table has them all.
    every = -(-len(labels) // 8)
    shown = [(place, words) for place, words in enumerate(labels) if place % every == 0]
    crowded = len(shown) > _ON_A_PHONE
    return [
        svg.text(
            "middle spare" if crowded and index % 2 else "middle",  # a phone leaves out what is spare
            _LEFT + room * (place + 0.5) if bars else _across(place, len(labels)),
            _HEIGHT + 12,
            words,
        )
        for index, (place, words) in enumerate(shown)
    ]
