"""What was promised to whom and when: versions of terms, acceptances and the standing of agreements, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapport.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class InForce:
    """One version of terms binds from this moment on, until the next one does."""

    version_id: str
    from_ms: int


@dataclass(frozen=True, slots=True)
class Suspension:
    """An agreement was suspended from one moment until another, or still is (None)."""

    from_ms: int
    until_ms: int | None = None

    def covers(self, at_ms: int) -> bool:
        """Say whether the agreement was suspended at this moment."""
        return self.from_ms <= at_ms and (self.until_ms is None or at_ms < self.until_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The life of one agreement: what it was offered and accepted, when it was active, suspended, ended.

    `offers` are asked only of the time before the first acceptance: a partner who was brought along earns by what was
    offered, from the moment of the offer. `segment` is what the partner does.
    """

    agreement_id: str
    active_from_ms: int
    acceptances: tuple[InForce, ...]
    offers: tuple[InForce, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    ended_at_ms: int | None = None
    ended_for_breach: bool = False
    segment: str = ""

    @property
    def waits_for_acceptance(self) -> bool:
        """Say whether terms were offered and none accepted yet."""
        return not self.acceptances

    def promised_at(self, at_ms: int) -> str | None:
        """Return the version accepted at this moment, else the one offered; None before the agreement is active."""
        if at_ms < self.active_from_ms:
            return None
        return version_in_force(self.acceptances, at_ms) or version_in_force(self.offers, at_ms)

    def suspended_at(self, at_ms: int) -> bool:
        """Say whether the agreement was suspended at this moment."""
        return any(suspension.covers(at_ms) for suspension in self.suspensions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Everything promised in one program that a story may touch.

    `terms` holds every version that `program` or an acceptance names, by its id; `agreements` the standings by
    agreement id.
    """

    terms: Mapping[str, Terms]
    program: tuple[InForce, ...]
    agreements: Mapping[str, Standing]

    def program_terms_at(self, at_ms: int) -> Terms | None:
        """Return the terms that the program offered at this moment, or None before its first version."""
        version_id = version_in_force(self.program, at_ms)
        return None if version_id is None else self.terms[version_id]


def version_in_force(versions: Iterable[InForce], at_ms: int) -> str | None:
    """Return the latest version that binds at this moment; two from the same ms: the greater id."""
    binding = [(version.from_ms, version.version_id) for version in versions if version.from_ms <= at_ms]
    return max(binding)[1] if binding else None
