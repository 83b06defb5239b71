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

WORLDS = 4
OPERATIONS_PER_WORLD = 25_000
RECOUNT_EVERY = 1_000
LARGEST_BATCH = 80

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
BY = Actor.system("random")

Touched = dict[AccountName, int]

# Balances as they stood after each of the last entries, summed by the database from the first posting on.
BALANCES_AFTER_EACH = """
    WITH moves AS (
        SELECT number, destination_id AS account_id, amount_minor AS minor
        FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry_id WHERE book_id = %(book)s
        UNION ALL
        SELECT number, source_id, -amount_minor
        FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry_id WHERE book_id = %(book)s
    ), sums AS (
        SELECT number, account_id, SUM(minor) OVER (PARTITION BY account_id ORDER BY number) AS minor FROM moves
    )
    SELECT number, kind, owner, currency, minor
    FROM sums JOIN ledger_account ON ledger_account.id = account_id WHERE number > %(before)s
"""


@pytest.mark.timeout(900)
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(WORLDS))
def test_random_bookings_agree_with_a_slow_model_at_every_step(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a story that can be told again, no secret
    programs = [Program(number, rng) for number in range(len(CURRENCIES))]
    books = {
        program.id: open_book(subject=program.id, currency=program.currency, by=BY, at=BEGINNING).id
        for program in programs
    }
    kinds: Counter[EntryKind] = Counter()
    done = 0
    while done < OPERATIONS_PER_WORLD:
        size = min(rng.randint(1, LARGEST_BATCH), RECOUNT_EVERY - done % RECOUNT_EVERY)
        program = rng.choice(programs)
        kinds += book_some(program, books[program.id], size=size, at=BEGINNING + timedelta(seconds=done))
        done += size
        if done % RECOUNT_EVERY == 0:
            check_everything(programs)
    assert set(kinds) == set(EntryKind) - {EntryKind.SENT}
    assert min(kinds.values()) > OPERATIONS_PER_WORLD // 100


def book_some(program: Program, book_id: str, *, size: int, at: datetime) -> Counter[EntryKind]:
    """Book a batch, and hold each account that an entry touched against the model as it stood then."""
    drafts: list[EntryDraft] = []
    expected: list[Touched] = []
    for _ in range(size):
        draft = program.draft_next()
        names = {name for posting in draft.postings for name in (posting.source, posting.destination)}
        drafts.append(draft)
        expected.append({name: program.balances[name] for name in names})
    with transaction():
        entries = book_entries(book_subject=program.id, drafts=drafts, by=BY, at=at)
    assert balances_after_each(book_id, before=entries[0].number - 1) == expected
    return Counter(draft.kind for draft in drafts)


def balances_after_each(book_id: str, *, before: int) -> list[Touched]:
    """Return, entry by entry, the balances of the accounts that it touched."""
    found: dict[int, Touched] = {}
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_AFTER_EACH, {"book": book_id, "before": before})
        for number, kind, owner, currency, minor in cursor.fetchall():
            found.setdefault(number, {})[AccountName(AccountKind(kind), owner, currency)] = int(minor)
    return [found[number] for number in sorted(found)]


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
