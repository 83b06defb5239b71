"""Large libraries stay out of a worker as long as what needs them comes seldom."""

from rapport.apps.jobs.apart import STEADY_CALLS, WITHIN_S, Seldom

DONE: list[str] = []


def work() -> None:
    DONE.append("here")


class Story:
    """A worker whose clock is moved by hand, and what it had done elsewhere."""

    def __init__(self) -> None:
        DONE.clear()
        self.now_s = 0.0
        self.elsewhere: list[str] = []
        self.seldom = Seldom(timer=lambda: self.now_s)
        self.seldom.run_apart_by(self.elsewhere.append)

    def comes_every(self, seconds: float, *, times: int, library: str = "a_library_that_nobody_has") -> None:
        for _ in range(times):
            self.now_s += seconds
            self.seldom.do(work, library=library)


def test_what_comes_now_and_then_is_done_elsewhere_however_long_that_goes_on() -> None:
    story = Story()
    story.comes_every(WITHIN_S / (STEADY_CALLS - 1), times=100)
    assert DONE == []
    assert story.elsewhere == [f"{__name__}.work"] * 100


def test_what_comes_steadily_is_done_here_as_soon_as_that_is_seen() -> None:
    story = Story()
    story.comes_every(2, times=10)
    assert len(story.elsewhere) == STEADY_CALLS - 1
    assert ["here"] * (10 - len(story.elsewhere)) == DONE


def test_a_library_that_is_here_already_costs_nothing_more() -> None:
    story = Story()
    story.comes_every(1_000, times=3, library="json")
    assert (DONE, story.elsewhere) == (["here"] * 3, [])


def test_a_process_that_was_not_told_how_does_all_of_it_itself() -> None:
    DONE.clear()
    Seldom().do(work, library="a_library_that_nobody_has")
    assert DONE == ["here"]
