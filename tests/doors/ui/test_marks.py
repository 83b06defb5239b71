"""The track, the ring and the clock draw what is true, and never outside of their frame."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.doors.ui import marks, svg
from rapport.doors.ui.svg import Drawing


def kinds(drawing: Drawing) -> list[str]:
    return [shape.kind for shape in drawing.shapes]


@pytest.mark.parametrize("state", marks.TRACK_STATES)
def test_every_state_draws_five_stops_and_only_paid_is_a_square(state: str) -> None:
    drawing = marks.track(state, passed=40)
    squares = [shape for shape in drawing.shapes if shape.tag == "rect"]
    assert len(squares) == 1
    assert squares[0].kind == ("dot" if state == "paid" else "hollow")


def test_what_is_done_is_solid_and_what_comes_is_dotted() -> None:
    assert kinds(marks.track("none")).count("hollow") == 5
    assert "done" not in kinds(marks.track("none"))
    assert "way" not in kinds(marks.track("paid"))
    assert kinds(marks.track("approved")) == ["way", "done", "dot", "dot", "dot", "halo", "dot", "hollow"]
    assert kinds(marks.track("clicked")) == ["way", "halo", "dot", "hollow", "hollow", "hollow", "hollow"]


@pytest.mark.parametrize(
    ("state", "kind"), [("held", "held"), ("disputed", "open"), ("declined", "cut"), ("reversed", "cut")]
)
def test_trouble_has_a_shape_of_its_own(state: str, kind: str) -> None:
    assert kind in kinds(marks.track(state))


@given(st.floats(-1_000, 1_000))
def test_the_ring_of_a_hold_is_never_more_than_full(passed: float) -> None:
    (arc,) = [shape for shape in marks.track("waiting", passed=passed).shapes if shape.kind == "arc"]
    filled = int(dict(arc.geometry)["stroke-dasharray"].split()[0])
    assert 0 <= filled <= 100


def test_an_unknown_state_is_a_mistake_of_ours() -> None:
    for draw in (marks.track, marks.node, marks.state_shape):
        with pytest.raises(KeyError):
            draw("lost")


@pytest.mark.parametrize("kind", marks.NODE_KINDS)
def test_every_stop_has_a_drawing(kind: str) -> None:
    assert marks.node(kind, passed=58).shapes


@pytest.mark.parametrize("kind", marks.STATES)
def test_every_state_has_a_tone_and_a_shape(kind: str) -> None:
    tone, drawing = marks.state_shape(kind)
    assert tone in {"go", "ok", "warn", "bad", "info", "off"}
    assert drawing.shapes


@pytest.mark.parametrize(
    ("share", "near", "drawn"),
    [
        (0, "quiet", ["base", "arc"]),
        (0.74, "quiet", ["base", "arc"]),
        (0.75, "near", ["base", "arc", "core"]),
        (1, "near", ["base", "arc", "core"]),
        (1.01, "over", ["disc", "bang"]),
    ],
)
def test_a_ring_grows_warm_and_then_red(share: float, near: str, drawn: list[str]) -> None:
    assert marks.nearness(share) == near
    assert kinds(marks.ring(share)) == drawn


@given(st.floats(0, 5), st.none() | st.floats(0, 5))
def test_a_clock_stays_inside_its_dial(share: float, nine: float | None) -> None:
    drawing = marks.dial(share, value="9", unit="hours", nine=nine)
    for shape in drawing.shapes:
        if shape.tag == "path":
            points = [float(number) for number in re.findall(r"-?[\d.]+", dict(shape.geometry)["d"])]
            assert all(0 <= point <= 84 for point in points)
    assert ("nine" in kinds(drawing)) == (nine is not None)
    assert ("arc arc-late" in kinds(drawing)) == (share > 1)


def test_words_in_a_drawing_are_escaped() -> None:
    drawing = Drawing("0 0 9 9", (svg.text("", 0, 0, "<script>"), svg.path('x"y', "M0 0")))
    said = svg.markup(drawing, css="chart", label='"quoted"')
    assert "<script>" not in said
    assert "&quot;quoted&quot;" in said
    assert 'role="img"' in said
    assert 'aria-hidden="true"' in svg.markup(drawing, css="chart")


def test_coordinates_are_written_short() -> None:
    assert [svg.number(value) for value in (3, 3.04, 3.06, -0.04, 0)] == ["3", "3", "3.1", "0", "0"]
