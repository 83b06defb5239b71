"""What people are told when the outside did not answer: one of three words, and nothing of our network."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a request ended that brought no answer of use."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    STATUS = "status"


class NotReached(Exception):
    """A request that brought no answer of use; its text is for people, ``detail`` is for the log alone."""

    def __init__(
        self, outcome: Outcome, *, detail: str = "", status: int | None = None, may_have_arrived: bool = False
    ) -> None:
        super().__init__(outcome.value if status is None else f"{outcome.value} {status}")
        self.outcome = outcome
        self.status = status
        self.detail = detail
        # Once a byte was written nobody knows: whoever sends money must ask before sending again.
        self.may_have_arrived = may_have_arrived
