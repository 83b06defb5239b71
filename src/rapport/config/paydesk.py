"""The desk at which a named person pays partners from the command line: the same actions and rights as on the pages."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Person
from rapport.apps.identity.queries import actor_of, person_with_address
from rapport.apps.identity.rights import Capability, can, find, scope
from rapport.apps.payouts import actions
from rapport.apps.payouts.files import content_of, digest_of_file, written_as
from rapport.apps.payouts.models import MethodKind, Payout, PayoutFile, PayoutRun, PayoutRunState
from rapport.apps.payouts.queries import payouts_of_program, runs_of, verdicts_of
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import all_programs
from rapport.apps.record.actors import Actor
from rapport.config.errors import Stop
from rapport.domain.money import BadAmount, Money, format_amount, parse_amount
from rapport.domain.payouts import Outcome, Verdict
from rapport.flows import hearing, paying, payout_runs
from rapport.flows.paying_jobs import carry_calls
from rapport.flows.payout_rails import ToldFile, rails_of
from rapport.kit.clock import now
from rapport.kit.ids import random_token

Rows = list[dict[str, object]]
"""What is shown: a row is named cells, printed as a table or as JSON."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file for the bank as it was made."""

    name: str
    content: bytes
    digest: str
    count: int

    def write(self, folder: Path) -> Path:
        """Write it where nobody else can read it; what lies there already is left alone."""
        path = folder / self.name
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if path.read_bytes() != self.content:
                raise Stop(f"{path} is there and holds something else. Choose another place with --to.") from None
            return path
        except OSError as problem:
            raise Stop(f"{path} cannot be written: {problem.strerror}.") from problem
        with os.fdopen(handle, "wb") as file:
            file.write(self.content)
        return path


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at the payouts of one program."""

    person: Person
    actor: Actor
    program: Program

    def due(self, verdict: str) -> Rows:
        """Return what a run would find now."""
        return _rows(payout_runs.would_be_paid(self.program, at=now()), verdict)

    def runs(self) -> Rows:
        """Return the runs, newest first."""
        return [_run_row(row) for row in scope(self.actor, Capability.PAYOUT_READ, runs_of(self.program.id))]

    def show(self, run_id: str, verdict: str) -> dict[str, Rows]:
        """Return everything about a run."""
        run = self._run(run_id, Capability.PAYOUT_READ)
        found = verdicts_of(run.id).filter(verdict=_verdict(verdict).value)
        told = payout_runs.tell_run(run)
        people = {"prepared_by": told.preparer, "approved_by": told.approver}
        return {
            "run": [_run_row(run) | people],
            "verdicts": self.groups(run.id),
            "files": [_file_row(one) for rail in rails_of(run) for one in rail.files],
            "rows": _rows(payout_runs.rows_of(run, found), verdict),
        }

    def groups(self, run_id: str) -> Rows:
        """Return the sums of a run by verdict."""
        run = self._run(run_id, Capability.PAYOUT_READ)
        return [
            {"verdict": one.verdict.value, "partners": one.count, "payable": format_amount(one.money)}
            for one in payout_runs.tell_run(run).groups
        ]

    def prepare(self, pay_on: date | None) -> str:
        """Open a run, or go on with one that was interrupted, until it has looked at every partner."""
        self._ask(Capability.PAYOUT_WRITE)
        begun = runs_of(self.program.id).filter(state=PayoutRunState.DRAFT, filled_at__isnull=True).first()
        at = now()
        run = begun or actions.prepare_run(
            program=self.program,
            pay_on=pay_on or payout_runs.next_payday_of(self.program, at=at),
            wish=random_token(),
            by=self.actor,
            at=at,
        )
        paying.fill_run(run.id, clock=now)
        return run.id

    def prove(self, password: str) -> None:
        """Make sure that it is this person: two people stand behind every payout."""
        if not self.person.check_password(password):
            raise Stop("That is not the password. Whoever has none sets one with `rapport password EMAIL`.")

    def approve(self, run_id: str, total: str, foreign: Sequence[str] = ()) -> None:
        """Approve a run as its second person; `foreign` are its totals in other currencies, such as "108.34 USD"."""
        run = self._run(run_id, Capability.PAYOUT_APPROVE)
        sums = [_amount(text, currency) for text, _space, currency in (one.rpartition(" ") for one in foreign)]
        confirmed = _amount(total, run.currency)
        actions.approve_run(run_id=run.id, total=confirmed, foreign=sums, by=self.actor, at=now())

    def abandon(self, run_id: str, reason: str) -> None:
        """Abandon a draft and give back what it reserved."""
        run = self._run(run_id, Capability.PAYOUT_WRITE)
        actions.abandon_run(run_id=run.id, reason=reason, by=self.actor, at=now())
        paying.release_run(run.id, by=self.actor, clock=now)

    def make_files(self, run_id: str, way: str, wanted: str) -> list[MadeFile]:
        """Make the files of one way of paying, note what stands in them as sent, and return them.

        A way that pays by calls has none: the worker sends them.
        """
        run = self._run(run_id, Capability.PAYOUT_WRITE)
        if way not in MethodKind.values:
            raise Stop(f"{way} is no way of paying: {', '.join(MethodKind.values)}.")
        made = actions.make_files(run_id=run.id, kind=MethodKind(way), by=self.actor, at=now(), format_=wanted)
        if written_as(made[0]).is_call:
            carry_calls.enqueue(run_id=run.id)
            return []
        paying.send_run(run.id, clock=now)
        return [_made(file) for file in made]

    def answer(self, run_id: str, content: bytes) -> tuple[int, list[str]]:
        """Take in what a bank answered; return how many payouts moved, and why lines could not be used."""
        run = self._run(run_id, Capability.PAYOUT_WRITE)
        answers = hearing.read_answers(content)
        taken = hearing.take_answers(answers, program_id=run.program_id, by=self.actor, at=now())
        return taken.moved, [f"Line {line}: {sentence}" for line, sentence in taken.refused]

    def note(self, payout_id: str, outcome: str, words: str) -> str:
        """Note what became of one payout; return what it is now."""
        payout = self._payout(payout_id)
        paying.record_outcome(payout=payout, outcome=Outcome(outcome), words=words, by=self.actor, at=now())
        payout.refresh_from_db()
        return f"{payout.id} is {payout.get_state_display().lower()}{'' if payout.known else ', outcome unknown'}."

    def cancel(self, payout_id: str, reason: str) -> None:
        """Take a payout out of its run."""
        actions.cancel_payout(payout_id=self._payout(payout_id).id, reason=reason, by=self.actor, at=now())

    def _ask(self, capability: Capability) -> None:
        if not can(self.actor, capability, self.program):
            raise NotFound

    def _run(self, run_id: str, capability: Capability) -> PayoutRun:
        return find(self.actor, capability, runs_of(self.program.id), pk=run_id)

    def _payout(self, payout_id: str) -> Payout:
        return find(self.actor, Capability.PAYOUT_WRITE, payouts_of_program(self.program.id), pk=payout_id)


def open_desk(email: str, program: str) -> Desk:
    """Return the desk of a person at the only program of which the person may see payouts, or at the named one."""
    person = person_with_address(email)
    if person is None or not person.is_active:
        raise Stop(f"Nobody signs in with {email}.")
    actor = actor_of(person)
    seen = list(scope(actor, Capability.PROGRAM_READ, all_programs()))
    mine = [row for row in seen if can(actor, Capability.PAYOUT_READ, row)]
    found = [row for row in mine if program in {"", row.id, row.slug}]
    if not mine:
        raise Stop(f"{person.name} may not see payouts.")
    if len(found) != 1:
        raise Stop(f"Say for which program with --program: {', '.join(row.slug for row in mine)}.")
    return Desk(person, actor, found[0])


def _rows(rows: Iterable[payout_runs.Row], verdict: str) -> Rows:
    wanted = _verdict(verdict) if verdict else None
    return [
        {
            "partner": row.agreement.partner.name,
            "agreement": row.agreement.id,
            "verdict": row.verdict.value,
            "payable": format_amount(row.payable),
            "threshold": format_amount(row.threshold),
            "currency": row.payable.currency,
            "payout": row.payout.id if row.payout else "",
            "state": row.payout.state if row.payout else "",
            "to": str(row.payout.method) if row.payout else "",
            "why": " ".join(row.reasons),
        }
        for row in rows
        if wanted in {None, row.verdict}
    ]


def _run_row(run: PayoutRun) -> dict[str, object]:
    return {
        "run": run.id,
        "state": run.state if run.filled_at or run.state != PayoutRunState.DRAFT else "being prepared",
        "pay_on": run.pay_on.isoformat(),
        "payouts": run.payouts_count,
        "total": format_amount(run.total),
        "currency": run.currency,
    }


def _made(file: PayoutFile) -> MadeFile:
    content = content_of(file)
    if digest_of_file(content) != file.digest:
        raise Stop("The file is not what it was when it was made. Do not pay by it; run `rapport doctor`.")
    return MadeFile(f"{file.run_id}-{file.place}.{written_as(file).suffix}", content, file.digest, file.payouts_count)


def _file_row(one: ToldFile) -> dict[str, object]:
    return {
        "way": one.file.method_kind,
        "format": one.file.format,
        "payouts": one.file.payouts_count,
        "amount": format_amount(one.money),
        "sha256": one.file.digest,
    }


def _verdict(text: str) -> Verdict:
    if text not in set(Verdict):
        raise Stop(f"{text} is no verdict: {', '.join(Verdict)}.")
    return Verdict(text)


def _amount(text: str, currency: str) -> Money:
    try:
        return parse_amount(text.removesuffix(currency).strip(), currency)
    except BadAmount as bad:
        raise Stop(f"{text} is no amount: {bad}") from bad
