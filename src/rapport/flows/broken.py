"""Let one program that breaks hold up no other: go on with the next, and fail at the end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


class Broken:
    """The programs whose turn raised an error, each with its error, in a job that goes through all of them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._errors: dict[str, Exception] = {}

    @property
    def programs(self) -> list[str]:
        """Return the programs that broke; the job leaves them out until it is tried again."""
        return list(self._errors)

    @contextmanager
    def watch(self, program_id: str) -> Iterator[None]:
        """Do what belongs to one program; its error is logged and kept."""
        try:
            yield
        except Exception as error:
            logger.exception("%s breaks; going on with the next program", program_id)
            self._errors[program_id] = error

    def raise_first(self) -> None:
        """Fail, now that all others are done, with the first error that was kept."""
        for error in self._errors.values():
            raise error
