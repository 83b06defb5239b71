"""The database itself refuses whatever would rewrite or unbalance the books, whoever asks with whatever statement."""

import os
import sqlite3

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from rapport.apps.ledger import guards
from rapport.apps.ledger.actions import reverse_entry
from rapport.apps.ledger.models import Book, Entry, LedgerAccount, Posting
from rapport.apps.ledger.queries import missing_guards, recount, stray_postings
from rapport.domain.chain import GENESIS
from tests.apps.ledger.cast import AGREEMENT, INTAKE, NOON, PROGRAM, approved, booked, judged
from tests.support.databases import FreshDatabase
from tests.support.run import DATABASE_VARIABLE

ENGINE = os.environ.get(DATABASE_VARIABLE, "sqlite")


def late_posting(
    entry: str = "ent_new",
    *,
    source: str = "acc_expense",
    destination: str = "acc_accrued",
    minor: str = "5",
    currency: str = "EUR",
) -> str:
    """Return the statement that writes a posting by hand."""
    columns = "entry_id, position, source_id, destination_id, amount_minor, currency, memo"
    return (
        f"INSERT INTO ledger_posting ({columns})"  # noqa: S608 - the values are this file's own
        f" VALUES ('{entry}', 7, '{source}', '{destination}', {minor}, '{currency}', 'com_1')"
    )


def forged_entry(
    entry: str = "ent_new",
    *,
    book: str = "bok_crazy",
    number: int = 5,
    count: int = 1,
    previous: str = "(SELECT digest FROM ledger_entry WHERE id = 'ent_mirror')",
    mirrors: str = "NULL",
    verb: str = "INSERT",
) -> str:
    """Return the statement that writes an entry by hand."""
    columns = (
        "id, book_id, number, kind, booked_at, subject, reason, actor_kind, actor_id,"
        " mirrors_id, postings_count, previous_digest, digest"
    )
    return (
        f"{verb} INTO ledger_entry ({columns})"  # noqa: S608 - the values are this file's own
        f" SELECT '{entry}', '{book}', {number}, kind, booked_at, subject, 'forged', actor_kind, actor_id,"
        f" {mirrors}, {count}, {previous}, digest FROM ledger_entry WHERE id = 'ent_judged_1'"
    )


NOTHING_BEFORE = f"'{GENESIS}'"

KEPT = "never changes|is kept|written once|opened once"
SOUND = "one book and one currency"
COUNTED = "counts its postings"
HEAD = "the head of a book is its last entry"

REFUSED = [
    # what stands is never changed
    ("UPDATE ledger_entry SET reason = 'better' WHERE id = 'ent_judged_1'", KEPT),
    ("UPDATE ledger_entry SET reason = reason", KEPT),
    ("UPDATE ledger_posting SET amount_minor = amount_minor + 1", KEPT),
    ("UPDATE ledger_posting SET destination_id = 'acc_expense' WHERE entry_id = 'ent_judged_1'", KEPT),
    ("UPDATE ledger_account SET owner = 'agr_thief' WHERE id = 'acc_accrued'", KEPT),
    ("UPDATE ledger_account SET currency = 'USD'", KEPT),
    (
        f"{forged_entry('ent_judged_1')} ON CONFLICT (id) DO UPDATE SET reason = 'better'",
        f"{KEPT}|{COUNTED}",
    ),
    # nor removed
    ("DELETE FROM ledger_entry WHERE id = 'ent_approved_1'", KEPT),
    ("DELETE FROM ledger_entry", KEPT),
    ("DELETE FROM ledger_posting", KEPT),
    ("DELETE FROM ledger_account WHERE id = 'acc_unused'", KEPT),
    ("DELETE FROM ledger_book WHERE id = 'bok_other'", KEPT),
    # a book only moves forward, to its last entry
    ("UPDATE ledger_book SET entries_count = 1 WHERE id = 'bok_crazy'", HEAD),
    ("UPDATE ledger_book SET entries_count = entries_count + 1 WHERE id = 'bok_crazy'", HEAD),
    ("UPDATE ledger_book SET head_digest = upper(head_digest) WHERE id = 'bok_crazy'", HEAD),
    ("UPDATE ledger_book SET subject = 'prg_thief' WHERE id = 'bok_crazy'", "keeps its identity"),
    ("UPDATE ledger_book SET id = 'bok_thief' WHERE id = 'bok_crazy'", "keeps its identity"),
    ("UPDATE ledger_book SET currency = 'USD' WHERE id = 'bok_crazy'", "keeps its identity"),
    (
        (
            "INSERT INTO ledger_book (id, subject, currency, entries_count, head_digest, opened_at)"
            " SELECT 'bok_new', 'prg_new', currency, 2, head_digest, opened_at FROM ledger_book WHERE id = 'bok_crazy'"
        ),
        "a new book is empty",
    ),
    # a posting is sound and comes before its entry
    (late_posting("ent_judged_1"), "joins an entry that stands"),
    (late_posting(minor="0"), "positive whole amount"),
    (late_posting(minor="-5"), "positive whole amount"),
    (late_posting(destination="acc_dollars"), SOUND),
    (late_posting(currency="USD"), SOUND),
    (late_posting(source="acc_dollars", destination="acc_dollars_too"), SOUND),
    (late_posting(destination="acc_other_book"), SOUND),
    (late_posting(source="acc_nowhere"), SOUND),
    (late_posting(destination="acc_expense"), "posting_moves"),
    # an entry closes its postings and continues the chain
    (forged_entry(count=0), COUNTED),
    (forged_entry(count=1), COUNTED),
    (f"{late_posting()}; {forged_entry(count=2)}", COUNTED),
    (f"{late_posting()}; {forged_entry(count=0)}", COUNTED),
    (f"{late_posting()}; {forged_entry(number=6)}", "continues the chain"),
    (f"{late_posting()}; {forged_entry(previous=NOTHING_BEFORE)}", "continues the chain"),
    (
        f"{late_posting()}; {forged_entry(book='bok_other', number=1, previous=NOTHING_BEFORE)}",
        "in its own book only",
    ),
    (f"{late_posting()}; {forged_entry(number=2)}", "written once|continues the chain"),
]

ENGINES_OWN = {
    "sqlite": [
        (forged_entry("ent_judged_1", verb="REPLACE"), KEPT),
        (forged_entry("ent_new", number=2, verb="INSERT OR REPLACE"), KEPT),
        (forged_entry("ent_new", mirrors="'ent_judged_2'", verb="REPLACE"), KEPT),
        ("REPLACE INTO ledger_posting SELECT * FROM ledger_posting", KEPT),
        ("UPDATE OR REPLACE ledger_entry SET number = 1 WHERE id = 'ent_approved_1'", KEPT),
        ("REPLACE INTO ledger_account SELECT * FROM ledger_account", KEPT),
        ("REPLACE INTO ledger_book SELECT * FROM ledger_book", KEPT),
        ("INSERT OR IGNORE INTO ledger_book SELECT * FROM ledger_book", KEPT),
        (late_posting("ent_judged_1").replace("INSERT", "INSERT OR IGNORE"), "joins an entry that stands"),
        (late_posting(minor="'much'"), "positive whole amount"),
        (late_posting(minor="1.5"), "positive whole amount"),
    ],
    "postgresql": [
        ("TRUNCATE ledger_posting CASCADE", KEPT),
        ("TRUNCATE ledger_entry CASCADE", KEPT),
        ("TRUNCATE ledger_account CASCADE", KEPT),
        ("TRUNCATE ledger_book CASCADE", KEPT),
        ("TRUNCATE ledger_book, ledger_account, ledger_entry, ledger_posting RESTART IDENTITY CASCADE", KEPT),
        ("DELETE FROM ONLY ledger_posting USING ledger_entry WHERE entry_id = ledger_entry.id", KEPT),
        (
            (
                "MERGE INTO ledger_entry USING ledger_book ON book_id = ledger_book.id"
                " WHEN MATCHED THEN UPDATE SET reason = 'better'"
            ),
            KEPT,
        ),
        ("WITH gone AS (DELETE FROM ledger_posting RETURNING *) SELECT count(*) FROM gone", KEPT),
        (f"{late_posting()}; SET CONSTRAINTS ALL IMMEDIATE", f"{COUNTED}|is not present in table"),
    ],
}

STATEMENTS = [*REFUSED, *ENGINES_OWN[ENGINE]]


@pytest.mark.django_db
@pytest.mark.parametrize(("statements", "sentence"), STATEMENTS)
def test_a_forbidden_statement_is_refused_and_the_books_stay_as_they_are(statements: str, sentence: str) -> None:
    a_small_book()
    before = everything()
    with pytest.raises(DatabaseError, match=sentence):
        execute(statements)
    assert everything() == before
    assert recount(PROGRAM).problems == []


def test_the_same_statements_are_refused_to_a_client_that_knows_nothing_of_us(fresh_database: FreshDatabase) -> None:
    a_small_book()
    before = everything()
    client = stranger(fresh_database.url)
    for statements, sentence in STATEMENTS:
        with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError), match=sentence):
            execute_as(client, statements)
        client.rollback()
    client.close()
    assert everything() == before


def test_a_posting_slipped_in_by_a_transaction_that_was_open_meanwhile_is_not_accepted(
    fresh_database: FreshDatabase,
) -> None:
    a_small_book()
    client = stranger(fresh_database.url)
    SLIP_IN[ENGINE](client)
    client.close()
    assert recount(PROGRAM).problems == []
    assert stray_postings() == 0


def slip_in_before_the_entry(client: sqlite3.Connection | psycopg.Connection) -> None:
    """PostgreSQL: the open transaction cannot see the entry, so the posting passes until its commit."""
    client.execute(late_posting("ent_judged_9"))
    booked(judged(9))
    with pytest.raises(psycopg.errors.CheckViolation, match=COUNTED):
        client.commit()


def slip_in_after_reading(client: sqlite3.Connection | psycopg.Connection) -> None:
    """SQLite: a transaction that has read an older state may not write any more."""
    client.execute("BEGIN")
    client.execute("SELECT count(*) FROM ledger_entry")
    booked(judged(9))
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        client.execute(late_posting("ent_judged_9"))
    client.rollback()
    with pytest.raises(sqlite3.IntegrityError, match="joins an entry that stands"):
        client.execute(late_posting("ent_judged_9"))


SLIP_IN = {"postgresql": slip_in_before_the_entry, "sqlite": slip_in_after_reading}


@pytest.mark.django_db
def test_a_posting_that_waits_for_its_entry_is_seen_as_stray() -> None:
    a_small_book()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(late_posting())
        assert stray_postings() == 1
        transaction.set_rollback(True)
    assert stray_postings() == 0


@pytest.mark.django_db
def test_all_guards_stand_after_migration() -> None:
    assert missing_guards() == []


def test_a_guard_that_is_gone_or_changed_is_named(fresh_database: FreshDatabase) -> None:
    names = [guard.name for guard in guards.guards_of(ENGINE)]
    with connection.schema_editor() as editor:
        guards.drop(apps, editor)
    assert missing_guards() == names
    with connection.schema_editor() as editor:
        guards.create(apps, editor)
    assert missing_guards() == []
    drop_guard("ledger_posting_is_sound", table="ledger_posting")
    with connection.cursor() as cursor:
        cursor.execute(WEAKER[ENGINE])
    assert missing_guards() == ["ledger_posting_is_sound"]


WEAKER = {
    "sqlite": """
        CREATE TRIGGER ledger_posting_is_sound BEFORE INSERT ON ledger_posting BEGIN SELECT 1 WHERE 0; END
    """,
    "postgresql": """
        CREATE FUNCTION ledger_posting_is_sound() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER ledger_posting_is_sound BEFORE INSERT ON ledger_posting
            FOR EACH ROW EXECUTE FUNCTION ledger_posting_is_sound()
    """,
}


def drop_guard(name: str, *, table: str) -> None:
    """Take one guard away, as somebody with the rights of the owner could."""
    statement = {
        "sqlite": f"DROP TRIGGER {name}",
        "postgresql": f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement[ENGINE])


def execute(statements: str) -> None:
    """Run statements as our own program would, in a transaction that ends with the first refusal."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements.split("; "):
            cursor.execute(statement)


def execute_as(client: sqlite3.Connection | psycopg.Connection, statements: str) -> None:
    """Run statements as another program would."""
    for statement in statements.split("; "):
        client.execute(statement)


def a_small_book() -> None:
    """Open two books; the first holds a commission approved, one judged, and the mirror of the latter."""
    for number, (program, book) in enumerate(((PROGRAM, "bok_crazy"), ("prg_other", "bok_other"))):
        Book.objects.create(id=book, subject=program, currency="EUR", opened_at=NOON)
        open_accounts(book, suffix=("", "_other_book")[number])
    booked(judged(1), approved(1), judged(2))
    reverse_entry(entry_id="ent_judged_2", mirror_id="ent_mirror", reason="mistake", by=INTAKE, at=NOON)
    # What waits for the commit is checked now: PostgreSQL answers nothing else about a table with checks pending.
    connection.check_constraints()


def open_accounts(book: str, *, suffix: str) -> None:
    """Open accounts whose ids the statements above can name."""
    for account, kind, owner, currency in (
        (f"acc_expense{suffix}", "expense", "", "EUR"),
        ("acc_accrued" if not suffix else "acc_other_book", "accrued", AGREEMENT, "EUR"),
        (f"acc_dollars{suffix}", "accrued", AGREEMENT, "USD"),
        (f"acc_dollars_too{suffix}", "payable", AGREEMENT, "USD"),
        (f"acc_unused{suffix}", "exchange", "", "EUR"),
    ):
        LedgerAccount.objects.create(
            id=account, book_id=book, kind=kind, owner=owner, currency=currency, opened_at=NOON
        )


def everything() -> list[list[tuple[object, ...]]]:
    """Return every row of the ledger."""
    return [
        list(model._default_manager.order_by("pk").values_list()) for model in (Book, LedgerAccount, Entry, Posting)
    ]


def stranger(url: str) -> sqlite3.Connection | psycopg.Connection:
    """Connect as another program would, without our settings."""
    if ENGINE == "sqlite":
        return sqlite3.connect(url.removeprefix("sqlite:///"))
    return psycopg.connect(url)
