"""Bank details are sealed: a copy of the tables tells nobody where money goes, and nothing opens where it was moved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from pytest_django import Settings

from rapport.apps.payouts.actions import enter_method, make_files
from rapport.apps.payouts.details import copy_of, details_of
from rapport.apps.payouts.files import content_of
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind, Payout, PayoutMethod
from rapport.apps.record.errors import Unreadable
from rapport.apps.record.models import Seal
from rapport.apps.record.sealing import broken_seals, digest_of
from rapport.flows import doctor
from rapport.kit.vault import new_key
from tests.make.identity import NOON, STORY, make_organisation
from tests.make.payouts import JONAS, make_approved_run, make_method, make_payable
from tests.make.road import make_agreement, make_program
from tests.support.databases import FreshDatabase

IBAN = "DE89370400440532013000"
SECRETS = (IBAN, "Reuter & Daughters", "reuter.pays@mail.example", "0123456789", "021000021", "by cheque to the office")


def dump() -> str:
    """Return every cell of every table, as a copy of the database would show it."""
    with connection.cursor() as cursor:
        return "\n".join(_rows(cursor))


def _rows(cursor: Any) -> Iterator[str]:  # noqa: ANN401 - a cursor of whichever database
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
        for row in cursor.fetchall():
            yield " ".join(str(bytes(cell) if isinstance(cell, memoryview) else cell) for cell in row)


@pytest.mark.django_db
def test_a_copy_of_the_tables_shows_no_bank_details() -> None:
    agreement = make_agreement(make_program())
    ways = (
        MethodInput(
            kind=MethodKind.ACH,
            holder="Reuter & Daughters",
            holder_kind="business",
            account="0123456789",
            account_type="checking",
            routing="021000021",
        ),
        MethodInput(kind=MethodKind.PAYPAL, holder="Reuter & Daughters", email="reuter.pays@mail.example"),
        MethodInput(kind=MethodKind.MANUAL, holder="Reuter & Daughters", note="by cheque to the office"),
    )
    for given in ways:
        enter_method(organisation_id=make_organisation().id, given=given, by=STORY, at=NOON)
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement)
    run = make_approved_run(agreement.program)
    [file] = make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=NOON)
    assert IBAN.encode() in content_of(file)
    everything = dump()
    assert "DE… 3000" in everything
    assert [secret for secret in SECRETS if secret in everything] == []


@pytest.mark.django_db
def test_details_that_were_moved_to_another_payout_pay_nobody() -> None:
    program = make_program()
    anna, otto = make_agreement(program, name="Anna"), make_agreement(program, name="Otto")
    for agreement in (anna, otto):
        make_method(agreement.partner.organisation)
        make_payable(program, agreement)
    run = make_approved_run(program)
    hers, his = (Payout.objects.get(run=run, agreement=agreement) for agreement in (anna, otto))
    Payout.objects.filter(pk=his.pk).update(method_copy=hers.method_copy)
    with pytest.raises(Unreadable, match="moved it here"):
        make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=NOON)


@pytest.mark.django_db
def test_with_the_keys_lost_the_doctor_says_so_and_details_are_entered_anew(settings: Settings) -> None:
    organisation = make_organisation()
    lost = make_method(organisation)
    settings.VAULT_KEYS = str(new_key())
    with pytest.raises(Unreadable):
        details_of(lost)
    problems = {check.name: check.problems for check in doctor.run_checks() if check.problems}
    [problem] = problems["what is encrypted opens"]
    assert problem.startswith(f"{lost.id}, details: The vault has not the key 1")
    assert details_of(make_method(organisation)).number == IBAN


def the_past(*, until: str) -> StateApps:
    """Take the tables of payouts to a migration and return the models as they were there."""
    executor = MigrationExecutor(connection)
    executor.migrate([("payouts", until)])
    return executor.loader.project_state([("payouts", until)]).apps


def come_back() -> None:
    """Take the tables of payouts to where the models are."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("payouts"))


OLD_METHOD = (
    *("id", "organisation_id", "kind", "holder", "country", "number", "routing", "note"),
    *("changed_at", "usable_at", "actor_kind", "actor_id", "replaced_at"),
)
OLD_PAYOUT = (
    *("id", "run_id", "agreement_id", "amount_minor", "currency", "state", "known", "method_id", "method_kind"),
    *("method_copy", "commissions_count", "reserved_at", "sent_at", "settled_at", "ended_at", "reference", "reason"),
)


def test_details_written_before_are_sealed_and_what_was_forged_stays_broken(fresh_database: FreshDatabase) -> None:
    agreement = make_agreement(make_program())
    past = the_past(until="0002_append_only")
    plain = {"holder": "Anna Reuter", "country": "DE", "number": IBAN, "routing": "", "note": ""}
    when = {"changed_at": NOON, "usable_at": NOON, "actor_kind": "person", "actor_id": "per_1"}
    methods = [
        past.get_model("payouts", "PayoutMethod").objects.create(
            id=name, organisation_id=make_organisation().id, kind="iban", **plain, **when
        )
        for name in ("pym_1", "pym_2")
    ]
    run = past.get_model("payouts", "PayoutRun").objects.create(
        id="run_1", program_id=agreement.program_id, currency="EUR", pay_on=NOON.date(), wish="w", prepared_at=NOON
    )
    payout = past.get_model("payouts", "Payout").objects.create(
        id="pay_1",
        run=run,
        agreement_id=agreement.id,
        amount_minor=100,
        currency="EUR",
        method=methods[0],
        method_kind="iban",
        method_copy={"kind": "iban", **plain},
        reserved_at=NOON,
    )
    seal(methods[0], OLD_METHOD)
    seal(payout, OLD_PAYOUT)
    Seal.objects.create(subject="payoutmethod:pym_2", digest="forged")

    come_back()
    assert details_of(PayoutMethod.objects.get(pk="pym_1")).number == IBAN
    assert str(PayoutMethod.objects.get(pk="pym_1")) == "Bank account with an IBAN (SEPA) DE… 3000"
    assert (copy_of(Payout.objects.get()).holder, copy_of(Payout.objects.get()).kind) == ("Anna Reuter", "iban")
    assert [broken for _count, broken in broken_seals(PayoutMethod)] == [["payoutmethod:pym_2"]]
    assert [broken for _count, broken in broken_seals(Payout)] == [[]]
    assert IBAN not in dump()
    assert IBAN.encode() not in bytes_on_disk(fresh_database)


def seal(row: Any, columns: tuple[str, ...]) -> None:  # noqa: ANN401 - a row of the past
    row.refresh_from_db()
    name = f"{row._meta.model_name}:{row.pk}"
    Seal.objects.create(subject=name, digest=digest_of(getattr(row, column) for column in columns))


def bytes_on_disk(database: FreshDatabase) -> bytes:
    """Return the file of SQLite as it lies on the disk, free pages and all; PostgreSQL cleans up by itself."""
    if database.engine != "sqlite":
        return b""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(connection.settings_dict["NAME"]).read_bytes()
