"""The `@job` decorator: a task that says how often it is tried again and what makes it unique."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Literal, ParamSpec, TypeVar

from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")

Queue = Literal["default", "long"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """A task with its manners; `retries` counts the attempts after the first, by failure or by a killed worker."""

    retries: int = 0
    first_wait_s: float = 2
    longest_wait_s: float = 600
    key: str = ""

    def key_for(self, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
        """Return the key of one call: `key` with the call's arguments filled in; empty when every call counts."""
        if "{" not in self.key:
            return self.key
        bound = signature(self.func).bind(*args, **kwargs)
        bound.apply_defaults()
        return self.key.format(**bound.arguments)

    def wait_s(self, *, attempt: int, chance: float) -> float:
        """Return seconds to wait after failed attempt number `attempt` (from 1); `chance` in [0, 1) spreads the crowd.

        Doubles each time up to the longest wait, and lies between half and the whole of that.
        """
        whole = min(self.longest_wait_s, self.first_wait_s * 2.0 ** (attempt - 1))
        return whole * (1 + chance) / 2


def job(
    *,
    retries: int = 5,
    key: str = "",
    queue: Queue = "default",
    priority: int = 0,
    first_wait_s: float = 2,
    longest_wait_s: float = 600,
) -> Callable[[Callable[P, T]], JobTask[P, T]]:
    """Make a module-level function a job: `.enqueue(…)` writes it in the caller's transaction, a worker runs it.

    A job must be safe to run twice. `retries=0` is for work that must never be repeated by itself. With a `key`, such
    as `"publish:{program_id}"`, at most one such job waits and at most one runs; the key must determine the arguments.
    Queue `long` is for jobs of minutes.
    """

    def decorate(function: Callable[P, T]) -> JobTask[P, T]:
        return JobTask(
            func=function,
            retries=retries,
            key=key,
            queue_name=queue,
            priority=priority,
            first_wait_s=first_wait_s,
            longest_wait_s=longest_wait_s,
        )

    return decorate
