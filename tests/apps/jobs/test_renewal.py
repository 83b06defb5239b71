"""A worker begins anew when it is quiet and large work has left it grown, and in no other case."""

from rapport.apps.jobs.renewal import GROWN_MB, QUIET_COMPUTING_S, QUIET_S, Renewal, resident_mb


class Scales:
    """What the worker holds and what the clock says, as a story moves them."""

    def __init__(self) -> None:
        self.held_mb = 100.0
        self.now_s = self.computed_s = 0.0
        self.renewal = Renewal(
            resident=lambda: self.held_mb, timer=lambda: self.now_s, computed=lambda: self.computed_s
        )


def test_a_worker_that_has_grown_waits_until_it_is_quiet() -> None:
    scales = Scales()
    scales.held_mb += GROWN_MB + 1
    scales.now_s += QUIET_S - 1
    assert not scales.renewal.is_due()
    scales.computed_s += QUIET_COMPUTING_S
    scales.now_s += 1
    assert not scales.renewal.is_due(), "it computed all the time"
    scales.computed_s += QUIET_COMPUTING_S - 1
    scales.now_s += QUIET_S
    assert scales.renewal.is_due(), "what the clock looks at does not keep it from being quiet"


def test_a_worker_that_stayed_small_goes_on_and_is_looked_at_again_later() -> None:
    scales = Scales()
    scales.held_mb += GROWN_MB
    scales.now_s += QUIET_S
    assert not scales.renewal.is_due()
    scales.held_mb += 1
    assert not scales.renewal.is_due(), "it was looked at in this moment"
    scales.now_s += QUIET_S
    assert scales.renewal.is_due()


def test_a_process_knows_what_it_holds() -> None:
    before = resident_mb()
    block = bytearray(b"x") * 50_000_000
    assert resident_mb() - before > 40
    assert len(block) == 50_000_000
