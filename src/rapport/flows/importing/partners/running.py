"""Look through a file of partners, and take it in partner by partner; a run that was killed goes on with the rest."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.imports.actions import Place, move_run
from rapport.apps.imports.errors import Unreadable
from rapport.apps.imports.models import ImportRun, LineFate
from rapport.apps.imports.queries import brought_by
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.working import Progress
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import version_in_force
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.flows.importing.files import Fate, table_of, write_report
from rapport.flows.importing.partners.bringing import Bringing, bring_group
from rapport.flows.importing.partners.known import known_of
from rapport.flows.importing.partners.lines import BadPartnerLine, PartnerLine, PartnerReader
from rapport.flows.importing.partners.planning import Group, Plan, plan_partners
from rapport.flows.retrying import until_settled

MOST_LINES = 50_000
PHASE = "partners"
SHOWN_DOUBLES = 200


@dataclass(slots=True)
class Looked:
    """What was found in a file: its lines, those that cannot be used, and the plan for the others."""

    lines: int
    plan: Plan
    refused: dict[int, Fate] = field(default_factory=dict)


def look_through(run: ImportRun, *, at: datetime, done: Collection[int] = (), progress: Progress) -> Looked:
    """Read a file of partners whole and plan it; lines that are `done` were taken in before a kill."""
    program = Program.objects.select_related("workspace").get(pk=run.program_id)
    layout = Layout.of(run.layout)
    table = table_of(run)
    reader = PartnerReader(layout, table.header, program, offered_to_all(program, at=at))
    good: list[PartnerLine] = []
    refused: dict[int, Fate] = {}
    lines = 0
    for lines, row in enumerate(table.rows(), start=1):
        if lines > MOST_LINES:
            raise Unreadable(_("The file has more than %(n)s lines. Cut it in pieces.") % {"n": f"{MOST_LINES:,}"})
        told = reader.read(row)
        if isinstance(told, BadPartnerLine):
            refused[told.number] = (told.number, told.about, _("refused"), told.sentence)
        else:
            good.append(told)
        progress(lines)
    left = [line for line in good if line.number not in done]
    plan = plan_partners(left, known=known_of(program), layout=layout, currency=program.currency)
    mails = {line.number: line.mail for line in good}
    refused |= {number: (number, mails[number], _("refused"), why) for number, why in plan.refused.items()}
    return Looked(lines, plan, refused)


def offered_to_all(program: Program, *, at: datetime) -> TermsVersion:
    """Return the version that everybody is offered; raises `Unreadable` for a program without terms."""
    version = version_in_force(program.id, at=at)
    if version is None:
        raise Unreadable(_("Publish the terms of the program first: partners must know what they agree to."))
    return version


def check_partners(run: ImportRun, *, at: datetime, progress: Progress) -> dict[str, Any]:
    """Say what a file of partners would bring."""
    looked = look_through(run, at=at, progress=progress)
    write_report(run, (fate for _line, fate in sorted(looked.refused.items())), ())
    agreements = known_of(run.program).agreements
    new = [group for group in looked.plan.groups if group.partner_id not in agreements]
    planned = sum(len(group.lines) for group in looked.plan.groups)
    return _figures(looked, accepted=len(new), merged=planned - len(new)) | {
        "codes": len({code for group in looked.plan.groups for line in group.lines for code in line.codes}),
        "old_links": len({old for group in looked.plan.groups for line in group.lines for old in line.old}),
        "own_rates": sum(any(line.rate for line in group.lines) for group in looked.plan.groups),
        "balances_minor": sum(_balance(group) for group in looked.plan.groups),
        "doubles": [
            {"line": one.line, "mail": one.mail, "other": one.other, "by": one.by, "merged": one.merged}
            for one in looked.plan.doubles[:SHOWN_DOUBLES]
        ],
    }


def carry_out_partners(
    run: ImportRun, *, by: Actor, at: datetime, step: Callable[[int, Callable[[], None]], None]
) -> dict[str, Any]:
    """Take in partner after partner, each with a `step` of its own; return what became of the lines."""
    done = {row.line for row in brought_by(run.id)}
    looked = look_through(run, at=at, done=done, progress=lambda _n: None)
    bringing = Bringing(run, offered_to_all(run.program, at=at), by, at)
    for group in looked.plan.groups:
        try:
            step(len(group.lines), partial(bring_group, group, bringing))
        except Refusal as refusal:
            # What was free when the plan was made may have been taken since.
            why = " ".join(refusal.fields.values()) or refusal.sentence
            looked.refused |= {one.number: (one.number, one.mail, _("refused"), why) for one in group.lines}
    write_report(run, (fate for _line, fate in sorted(looked.refused.items())), ())
    fates = list(brought_by(run.id).values_list("fate", flat=True))
    return _figures(looked, accepted=fates.count(LineFate.ACCEPTED), merged=fates.count(LineFate.MERGED))


def stepping(run: ImportRun, progress: Progress) -> Callable[[int, Callable[[], None]], None]:
    """Return what takes one partner in and moves the run, both in one transaction."""
    place = Place.of(run)

    def step(lines: int, take: Callable[[], None]) -> None:
        nonlocal place
        before, after = place, Place(PHASE, place.position + lines)

        def write() -> None:
            with transaction():
                move_run(run.id, before=before, after=after)
                take()

        until_settled(write)
        place = after
        progress(after.position)

    return step


def _figures(looked: Looked, *, accepted: int, merged: int) -> dict[str, Any]:
    return {
        "lines": looked.lines,
        "accepted": accepted,
        "merged": merged,
        "refused": len(looked.refused),
        "waiting": 0,
    }


def _balance(group: Group) -> int:
    return next((line.balance_minor for line in group.lines if line.balance_minor), 0)
