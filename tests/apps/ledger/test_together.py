"""Several writers at once keep one chain, open each account once and book each entry once."""

import threading

from django.db import connection

from rapport.apps.ledger.models import LedgerAccount
from rapport.apps.ledger.queries import recount
from tests.apps.ledger.cast import ACCRUED, PROGRAM, booked, judged, opened
from tests.support.databases import FreshDatabase

WRITERS = 4
BATCHES = 10


def test_writers_at_once_book_the_same_entries_once_and_keep_the_chain(fresh_database: FreshDatabase) -> None:
    opened()
    together = threading.Barrier(WRITERS)
    failures: list[Exception] = []

    def write(writer: int) -> None:
        try:
            together.wait()
            for batch in range(BATCHES):
                # Two writers share each number: what one has booked the other only finds.
                booked(*(judged(number, 5) for number in numbers(writer // 2, batch)))
        except Exception as failure:  # noqa: BLE001 - a thread's failure has to reach the test
            failures.append(failure)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()

    found = recount(PROGRAM)
    entries = WRITERS // 2 * BATCHES * 3
    assert failures == []
    assert (found.entries, found.balances[ACCRUED], found.problems) == (entries, entries * 5, [])
    assert LedgerAccount.objects.count() == 2


def numbers(pair: int, batch: int) -> range:
    """Return the three commissions of a batch."""
    first = (pair * BATCHES + batch) * 3
    return range(first, first + 3)
