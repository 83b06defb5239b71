"""Who acts: a person, an API key, or the system under the name of a rule."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The three kinds of actor."""

    PERSON = "person"
    KEY = "key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Seat:
    """One place an actor holds: a role (for a key: a scope) in an organisation."""

    organisation_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, with the seats held at this request; rights are read from the seats, never from a session."""

    kind: ActorKind
    id: str
    seats: tuple[Seat, ...] = ()

    @classmethod
    def system(cls, rule: str) -> "Actor":
        """Return the system acting under the name of a rule, such as `intake` or `end-of-hold`."""
        return cls(ActorKind.SYSTEM, rule)

    def __str__(self) -> str:
        """Return the text that audit rows and entries keep."""
        return f"{self.kind}:{self.id}"
