"""The import pages: from the file to the report, for whoever may report orders."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.imports.models import ImportRun, Profile, RunState
from rapport.flows.importing.tasks import carry_out_import, check_import
from tests.doors.console.conftest import client_of
from tests.make.road import make_program

FILE = """Invoice;Datum;Artikel;Menge;Einzelpreis;Kunde
1;03.02.2026;TEA;2;4,50;anna
1;03.02.2026;POT;1;19,90;anna
2;04.02.2026;TEA;much;4,50;ben
C3;05.02.2026;CUP;-1;3,00;anna
"""


def posted(client: Client, name: str, *at: str, **data: object) -> int:
    return client.post(reverse(f"console:{name}", args=at), data).status_code


@pytest.mark.django_db
def test_a_file_becomes_orders_in_four_steps_and_its_report_stays(marlow: Organisation) -> None:
    program = make_program(marlow)
    finance = client_of(marlow, Role.FINANCE)
    assert "Import a file" in finance.get(reverse("console:conversions", args=[program.id])).content.decode()
    upload = SimpleUploadedFile("orders.csv", FILE.encode("cp1252"))
    assert posted(finance, "imports", program.id, subject="orders", file=upload) == 303
    run = ImportRun.objects.get()
    address = reverse("console:import", args=[program.id, run.id])
    page = finance.get(address).content.decode()
    assert "semicolon" in page
    assert "03.02.2026" in page
    columns = {"order": "Invoice", "date": "Datum", "product": "Artikel", "quantity": "Menge", "price": "Einzelpreis"}
    choices = {"zone": "Europe/Berlin", "kind": "sale", "parts": "included", "negative": "named", "cancel_prefix": "C"}
    told = {**columns, **choices, "customer": "Kunde", "decimal": "comma", "profile": "our shop"}
    assert posted(finance, "import-columns", program.id, run.id, **told) == 422
    assert posted(finance, "import-columns", program.id, run.id, **told, date_order="day_first") == 303
    assert Profile.objects.get().name == "our shop"
    progress = reverse("console:import-progress", args=[program.id, run.id])
    assert "HX-Refresh" not in finance.get(progress)

    check_import.func(run_id=run.id)
    page = finance.get(address).content.decode()
    assert "Nothing of it counts yet" in page
    assert "“much” is no number" in page
    assert not Conversion.objects.exists()
    assert finance.get(progress)["HX-Refresh"] == "true"
    assert posted(finance, "import-start", program.id, run.id) == 303
    assert "It begins in a moment" in finance.get(address).content.decode()

    carry_out_import.func(run_id=run.id)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert {name: run.figures[name] for name in ("accepted", "refused", "waiting")} == {
        "accepted": 2,
        "refused": 1,
        "waiting": 1,
    }
    assert Conversion.objects.get().total_minor == 2_890
    assert "What it brought" in finance.get(address).content.decode()
    report = finance.get(reverse("console:import-report", args=[program.id, run.id]))
    assert b"much" in b"".join(report.streaming_content)  # type: ignore[attr-defined]  # a file is streamed
    assert posted(finance, "import-start", program.id, run.id) == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\0\1\2", "NUL"), (b"one column\n1\n", "Only one column"), (b"PK\x03\x04broken", "damaged"), (b"", "empty")],
)
def test_a_file_that_is_no_table_is_refused_at_the_door_and_not_kept(
    marlow: Organisation, content: bytes, words: str
) -> None:
    program = make_program(marlow)
    told = {"subject": "orders", "file": SimpleUploadedFile("x.csv", content)}
    answer = client_of(marlow, Role.OWNER).post(reverse("console:imports", args=[program.id]), told)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportRun.objects.exists()
