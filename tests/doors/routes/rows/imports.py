"""Rows of the import pages."""

from django.core.files.base import ContentFile

from rapport.apps.imports.actions import start_import
from rapport.apps.imports.models import ImportRun
from rapport.apps.programs.models import Program
from rapport.flows.importing.carrying import carry_out
from rapport.flows.importing.checking import check, prepare
from rapport.flows.importing.files import look_into
from rapport.flows.importing.ordering import bring_upload
from rapport.kit.clock import now
from tests.doors.routes.rows.console import program
from tests.doors.routes.table import Addressed, Maker, Row, team
from tests.make.identity import STORY, Cast
from tests.make.road import make_program

FILE = b"order,date,amount\n1,2026-02-01,12.50\n,2026-02-01,3.00\n"
PARTNERS = b"name,email\nSlow Mornings,anna@slow.example\n"
REPORTERS = ("owner", "manager", "finance")


def checked_import(cast: Cast) -> Addressed:
    """An import that was checked: foreign as a whole, foreign under our own address, and missing."""
    ours, theirs = make_program(cast.ours), make_program(cast.theirs)
    own, foreign = _checked(ours).id, _checked(theirs).id
    return Addressed(
        own={"program_id": ours.id, "run_id": own},
        elsewhere=(
            {"program_id": theirs.id, "run_id": foreign},
            {"program_id": ours.id, "run_id": foreign},
            {"program_id": theirs.id, "run_id": own},
            {"program_id": ours.id, "run_id": "imp_missing"},
        ),
    )


def _checked(of: Program) -> ImportRun:
    chunks = ContentFile(FILE).chunks()
    run = bring_upload(chunks, program_id=of.id, subject="orders", name="orders.csv", by=STORY, at=now())
    prepare(run, look_into(run).guess, by=STORY, at=now())
    return check(run.id, at=now())


def partners_import(*, done: bool) -> Maker:
    """An import of partners, checked or done: foreign as a whole, foreign under our own address, and missing."""

    def at(cast: Cast) -> Addressed:
        ours, theirs = make_program(cast.ours), make_program(cast.theirs)
        own, foreign = _partners(ours, done=done).id, _partners(theirs, done=done).id
        return Addressed(
            own={"program_id": ours.id, "run_id": own},
            elsewhere=(
                {"program_id": theirs.id, "run_id": foreign},
                {"program_id": ours.id, "run_id": foreign},
                {"program_id": ours.id, "run_id": "imp_missing"},
            ),
        )

    return at


def _partners(of: Program, *, done: bool) -> ImportRun:
    chunks = ContentFile(PARTNERS).chunks()
    run = bring_upload(chunks, program_id=of.id, subject="partners", name="partners.csv", by=STORY, at=now())
    prepare(run, look_into(run).guess, by=STORY, at=now())
    checked = check(run.id, at=now())
    if not done:
        return checked
    start_import(run_id=run.id, by=STORY, at=now())
    return carry_out(run.id, by=STORY, at=now())


ROWS = (
    Row("console:imports", "GET", team(*REPORTERS), at=program),
    Row("console:imports", "POST", team(*REPORTERS, ok=422), at=program),
    Row("console:import", "GET", team(*REPORTERS), at=checked_import),
    Row("console:import-progress", "GET", team(*REPORTERS), at=checked_import),
    Row("console:import-columns", "POST", team(*REPORTERS, ok=422), at=checked_import),
    Row("console:import-start", "POST", team(*REPORTERS, ok=303), at=checked_import),
    Row("console:import-report", "GET", team(*REPORTERS), at=checked_import),
    Row(
        "console:import-double",
        "POST",
        team("owner", "manager", ok=303),
        at=partners_import(done=False),
        data={"line": "2", "choice": "apart"},
    ),
    Row("console:import-undo", "POST", team("owner", "manager", ok=303), at=partners_import(done=True)),
)
