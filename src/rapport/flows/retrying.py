"""Try a write again that another one crossed: a deadlock, a row inserted by both, a lock that took too long."""

import secrets
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection

T = TypeVar("T")

TRIES = 5
_LONGEST_FIRST_WAIT_MS = 20


def until_settled(write: Callable[[], T]) -> T:
    """Return what `write`, one whole transaction, returns; inside a transaction of the caller it is tried once only.

    Raises the database's error when it stays, which then has another reason than somebody else's write.
    """
    if connection.in_atomic_block:
        return write()
    for tried in range(1, TRIES):
        try:
            return write()
        except (OperationalError, IntegrityError):
            time.sleep(2**tried * secrets.randbelow(_LONGEST_FIRST_WAIT_MS) / 1000)
    return write()
