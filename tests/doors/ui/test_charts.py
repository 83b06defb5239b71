"""Charts keep their figures inside the frame, stand on zero and have a table that says the same."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.doors.ui import charts
from rapport.doors.ui.charts import Series
from rapport.doors.ui.qr import qr
from rapport.doors.ui.svg import Drawing

FIGURES = st.decimals(-1_000_000, 1_000_000, places=2) | st.integers(-1_000_000, 1_000_000)


def heights(drawing: Drawing, kind: str) -> list[float]:
    """The y coordinates of the lines and dots of a kind."""
    found = []
    for shape in drawing.shapes:
        if shape.kind == kind:
            d = dict(shape.geometry).get("d", "")
            found += [float(y) for _, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", d)]
    return found


@given(st.lists(FIGURES, min_size=1, max_size=40), st.integers(1, 3))
def test_lines_stay_between_the_top_and_the_bottom(figures: list[Decimal | int], count: int) -> None:
    labels = [str(number) for number in range(len(figures))]
    series = [Series(f"s{number}", tuple(figures)) for number in range(count)]
    chart = charts.lines(labels=labels, series=series)
    assert chart.series == tuple(series)
    assert len(heights(chart.drawing, "zero-line")) == 1
    assert all(39.9 <= y <= 190.1 for y in heights(chart.drawing, "line-1"))


@given(st.lists(FIGURES, min_size=1, max_size=40))
def test_bars_grow_from_zero(figures: list[Decimal | int]) -> None:
    labels = [str(number) for number in range(len(figures))]
    chart = charts.bars(labels=labels, series=[Series("one", tuple(figures))])
    (zero,) = heights(chart.drawing, "zero-line")
    bars = [dict(s.geometry) for s in chart.drawing.shapes if s.kind == "bar-1"][: len(figures)]
    for figure, bar in zip(figures, bars, strict=True):
        top, bottom = float(bar["y"]), float(bar["y"]) + float(bar["height"])
        assert abs((bottom if figure >= 0 else top) - zero) < 0.2


def test_the_second_bars_are_striped_so_that_colour_is_not_alone() -> None:
    two = [Series("2026", (40,)), Series("2025", (30,))]
    drawing = charts.bars(labels=["May"], series=two).drawing
    assert "stripes" in [shape.kind for shape in drawing.shapes]
    assert [shape.text for shape in drawing.shapes if shape.tag == "text"][-3:] == ["2026", "2025", "May"]


def test_the_scale_has_round_steps_and_holds_the_highest_figure() -> None:
    drawing = charts.lines(labels=["Jan", "May"], series=[Series("2026", (Decimal("3.1"), Decimal("4.9")))]).drawing
    assert [shape.text for shape in drawing.shapes if shape.tag == "text"][:3] == ["2", "4", "6"]


def test_a_chart_without_sense_is_refused() -> None:
    one = Series("one", (1, 2))
    with pytest.raises(ValueError, match="2 figures for 1 labels"):
        charts.lines(labels=["Jan"], series=[one])
    with pytest.raises(ValueError, match="0 figures for 0 labels"):
        charts.bars(labels=[], series=[Series("none", ())])
    for series in ([], [one] * 4):
        with pytest.raises(ValueError, match="one to three"):
            charts.lines(labels=["Jan", "Feb"], series=series)


@given(st.lists(FIGURES, max_size=30))
def test_a_sparkline_stays_in_its_row(figures: list[Decimal | int]) -> None:
    drawing = charts.sparkline(figures, usual=True)
    assert all(2.9 <= y <= 25.1 for y in heights(drawing, "line"))
    assert ("last" in [shape.kind for shape in drawing.shapes]) == bool(figures)
    assert ("usual" in [shape.kind for shape in drawing.shapes]) == (len(figures) > 1)


@given(FIGURES, st.lists(FIGURES, max_size=12))
def test_a_figure_stands_among_its_usual_ones(now: Decimal | int, usual: list[Decimal | int]) -> None:
    drawing = charts.range_strip(now, usual)
    across = [float(dict(shape.geometry)["cx"]) for shape in drawing.shapes if shape.tag == "circle"]
    assert all(5.9 <= x <= 90.1 for x in across)
    assert len(across) == len(usual) + 1


def test_a_code_leads_where_it_says() -> None:
    short, long = qr("https://go.example/c/7kq2m"), qr("https://go.example/c/" + "x" * 200)
    assert float(short.view_box.split()[2]) < float(long.view_box.split()[2])
    assert short != qr("https://go.example/c/7kq2n")
    assert [shape.kind for shape in short.shapes] == ["plate", ""]


def test_a_phone_shows_every_second_label_of_a_crowded_row() -> None:
    def kinds(number: int) -> list[str]:
        row = charts.bars(labels=[str(place) for place in range(number)], series=[Series("A", (1,) * number)])
        return [shape.kind for shape in row.drawing.shapes if shape.tag == "text" and shape.kind.startswith("middle")]

    assert kinds(5) == ["middle"] * 5
    assert kinds(30) == ["middle", "middle spare"] * 4
