"""100,000 random bookings in six currencies: every touched account is checked after each, every book each thousand."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from rapport.apps.ledger.actions import book_entries, open_book
from rapport.apps.ledger.inputs import EntryDraft
from rapport.apps.ledger.queries import booked_of, recount, stray_postings
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.domain.books import AccountKind, AccountName, EntryKind
from tests.apps.ledger.world import CURRENCIES, Program
from tests.support.drills import scaled

WORLDS = scaled(whole=10, on_postgresql=1)
OPERATIONS_PER_WORLD = 10_000
RECOUNT_EVERY = 1_000
LARGEST_BATCH = 80

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
BY = Actor.system("random")

Touched = dict[AccountName, int]

# What each of the last entries moved, summed by the database account by account.
MOVED_BY_EACH = """
    WITH moves AS (
        SELECT number, destination_id AS account_id, amount_minor AS minor
        FROM ledger_entry JOIN ledger_posting ON ledger_entry.id = entry_id
        WHERE book_id = %(book)s AND number > %(before)s
        UNION ALL
        SELECT number, source_id, -amount_minor
        FROM ledger_entry JOIN ledger_posting ON ledger_entry.id = entry_id
        WHERE book_id = %(book)s AND number > %(before)s
    )
    SELECT number, kind, owner, currency, SUM(minor)
    FROM moves JOIN ledger_account ON ledger_account.id = account_id
    GROUP BY number, kind, owner, currency ORDER BY number
"""


@pytest.mark.drill(seconds=8)
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(WORLDS))
def test_random_bookings_agree_with_a_slow_model_at_every_step(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a story that can be told again, no secret
    books = [Book(Program(number, rng)) for number in range(len(CURRENCIES))]
    kinds: Counter[EntryKind] = Counter()
    done = 0
    while done < OPERATIONS_PER_WORLD:
        size = min(rng.randint(1, LARGEST_BATCH), RECOUNT_EVERY - done % RECOUNT_EVERY)
        kinds += rng.choice(books).book_some(size, at=BEGINNING + timedelta(seconds=done))
        done += size
        if done % RECOUNT_EVERY == 0:
            check_everything([book.program for book in books])
    assert set(kinds) == set(EntryKind) - {EntryKind.SENT}
    assert min(kinds.values()) > OPERATIONS_PER_WORLD // 100


class Book:
    """The book of a program, followed from its first entry on."""

    def __init__(self, program: Program) -> None:
        """Open it."""
        self.program = program
        self._id = open_book(subject=program.id, currency=program.currency, by=BY, at=BEGINNING).id
        self._seen = 0
        self._balances: Counter[AccountName] = Counter()
        """What the database said that was moved, added up: no account is read whose balance is kept somewhere."""

    def book_some(self, size: int, *, at: datetime) -> Counter[EntryKind]:
        """Book a batch, and hold each account that an entry touched against the model as it stood then."""
        drafts: list[EntryDraft] = []
        expected: list[Touched] = []
        for _ in range(size):
            draft = self.program.draft_next()
            names = {name for posting in draft.postings for name in (posting.source, posting.destination)}
            drafts.append(draft)
            expected.append({name: self.program.balances[name] for name in names})
        with transaction():
            book_entries(book_subject=self.program.id, drafts=drafts, by=BY, at=at)
        assert self._balances_after_each() == expected
        return Counter(draft.kind for draft in drafts)

    def _balances_after_each(self) -> list[Touched]:
        """Return, entry by entry since the last time, the balances of the accounts that it touched."""
        found: dict[int, Touched] = {}
        with connection.cursor() as cursor:
            cursor.execute(MOVED_BY_EACH, {"book": self._id, "before": self._seen})
            for number, kind, owner, currency, minor in cursor.fetchall():
                name = AccountName(AccountKind(kind), owner, currency)
                self._balances[name] += int(minor)
                found.setdefault(number, {})[name] = self._balances[name]
        self._seen = max(found)
        return list(found.values())


def check_everything(programs: list[Program]) -> None:
    """Recount every book from its first entry and compare it with the model, account by account."""
    for program in programs:
        found = recount(program.id)
        assert found.problems == []
        assert found.balances == program.balances
        sums: Counter[str] = Counter()
        for name, minor in found.balances.items():
            sums[name.currency] += minor
        assert not any(sums.values())
        latest = program.commissions[-200:]
        assert booked_of([one.id for one in latest]) == {one.id: one.booked for one in latest}
    assert stray_postings() == 0
