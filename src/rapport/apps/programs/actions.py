"""Write programs and their terms."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db import transaction as database

from rapport.apps.ledger.actions import change_book_currency, open_book
from rapport.apps.programs.errors import (
    BackwardTerms,
    FixedByTheBooks,
    MoveNotAllowed,
    NoTerms,
    NothingNew,
    SlugTaken,
    TermsProblems,
)
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import OwnTerms, Program, ProgramState, TermsDraft, TermsVersion
from rapport.apps.programs.queries import all_versions_of, has_entries, own_versions_of, versions_of
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain import states
from rapport.domain.terms import Problems, Terms, canonical, digest, parse
from rapport.kit.ids import new_id


def create_program(
    *, workspace_id: str, given: ProgramInput, document: dict[str, Any], by: Actor, at: datetime
) -> Program:
    """Create a program in draft, with a draft of its terms (a preset's document, say) and an empty book."""
    _checked(document, currency=given.currency)
    with transaction():
        program = _saved(Program(id=new_id("prg", at=at), workspace_id=workspace_id, created_at=at), given=given)
        TermsDraft.objects.create(program=program, document=document, changed_at=at)
        open_book(subject=program.id, currency=program.currency, by=by, at=at)
        _told(program, what="program.created", by=by, at=at)
    return program


def change_program(*, program_id: str, given: ProgramInput, by: Actor, at: datetime) -> Program:
    """Change what a person says about a program; zone and currency only while nothing is booked or promised in them."""
    with transaction():
        program = Program.objects.select_for_update().get(pk=program_id)
        if program.zone != given.zone and has_entries(program.id):
            raise FixedByTheBooks("zone")
        if program.currency != given.currency:
            _refuse_new_currency(program, given.currency)
            change_book_currency(subject=program.id, currency=given.currency, by=by, at=at)
        _saved(program, given=given)
        _told(program, what="program.changed", by=by, at=at)
    return program


def move_program(*, program_id: str, state: ProgramState, by: Actor, at: datetime) -> Program:
    """Open, pause or close a program; it opens only with terms."""
    with transaction():
        program = Program.objects.select_for_update().get(pk=program_id)
        if program.state == state:
            return program
        if not states.find_move(states.ProgramState(program.state), states.ProgramState(state)):
            raise MoveNotAllowed(program.get_state_display(), str(ProgramState(state).label))
        if state == ProgramState.OPEN and not versions_of(program.id).exists():
            raise NoTerms
        program.state = state
        program.save(update_fields=("state",))
        _told(program, what=f"program.{state}", by=by, at=at)
    return program


def save_draft(*, program_id: str, document: dict[str, Any], by: Actor, at: datetime) -> TermsDraft:
    """Keep a draft of the next version; it must parse, so that every draft can be read as sentences."""
    with transaction():
        program = Program.objects.get(pk=program_id)
        terms = _checked(document, currency=program.currency)
        draft, _new = TermsDraft.objects.update_or_create(
            program=program, defaults={"document": canonical(terms), "changed_at": at}
        )
        audit(by=by, at=at, action="terms.drafted", subject=program.id, workspace_id=program.workspace_id)
    return draft


def publish_terms(*, program_id: str, effective_at: datetime, by: Actor, at: datetime, note: str = "") -> TermsVersion:
    """Publish the draft as the next version, in force from a moment that is not in the past."""
    if effective_at < at:
        raise BackwardTerms
    with transaction():
        program = Program.objects.select_for_update().get(pk=program_id)
        terms = _checked(program.draft.document, currency=program.currency)
        latest = versions_of(program.id).first()
        if latest and latest.digest == digest(terms):
            raise NothingNew(latest.number)
        if latest and effective_at <= latest.effective_at:
            raise BackwardTerms
        version = _published(program, terms, effective_at=effective_at, note=note, by=by, at=at)
        _told(program, what="terms.published", by=by, at=at, version=version.id, number=version.number)
    return version


def publish_own_terms(
    *, program_id: str, agreement_id: str, document: dict[str, Any], note: str, by: Actor, at: datetime
) -> TermsVersion:
    """Publish a version for one agreement alone, from now on; the same promise again is the version that was."""
    with transaction():
        program = Program.objects.select_for_update(no_key=True).get(pk=program_id)
        terms = _checked(document, currency=program.currency)
        latest = own_versions_of(agreement_id).first()
        if latest and latest.digest == digest(terms):
            return latest
        version = _published(program, terms, effective_at=at, note=note, by=by, at=at)
        OwnTerms.objects.create(version=version, agreement_id=agreement_id)
        told = {"version": version.id, "number": version.number, "agreement": agreement_id}
        _told(program, what="terms.published_for_one", by=by, at=at, **told)
    return version


def _published(
    program: Program, terms: Terms, *, effective_at: datetime, note: str, by: Actor, at: datetime
) -> TermsVersion:
    """Write the next version; versions for one agreement are numbered among all others."""
    last = all_versions_of(program.id).first()
    version = TermsVersion.objects.create(
        id=new_id("trm", at=at),
        program=program,
        number=last.number + 1 if last else 1,
        document=canonical(terms),
        digest=digest(terms),
        effective_at=effective_at,
        published_at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        note=note[:250],
    )
    seal_rows([version])
    return version


def _refuse_new_currency(program: Program, currency: str) -> None:
    """Refuse what would give promised amounts another meaning, or leave a draft that says nothing in this currency."""
    if versions_of(program.id).exists() or has_entries(program.id):
        raise FixedByTheBooks("currency")
    _checked(program.draft.document, currency=currency)


def _checked(document: dict[str, Any], *, currency: str) -> Terms:
    terms = parse(document, currency=currency)
    if isinstance(terms, Problems):
        raise TermsProblems({problem.path: problem.sentence for problem in terms})
    return terms


def _saved(program: Program, *, given: ProgramInput) -> Program:
    program.name = given.name
    program.slug = given.slug or program.slug or given.address
    program.currency = given.currency
    program.zone = given.zone
    program.landing_url = given.landing_url
    program.fallback_url = given.fallback_url
    program.hosts = given.all_hosts
    program.pitch = given.pitch
    program.consent_required = given.consent_required
    try:
        with database.atomic():
            program.save()
    except IntegrityError as error:
        raise SlugTaken(given.address) from error
    return program


def _told(program: Program, *, what: str, by: Actor, at: datetime, **data: object) -> None:
    audit(by=by, at=at, action=what, subject=program.id, workspace_id=program.workspace_id, data=data)
    announce(at=at, kind=what, subject=program.id, workspace_id=program.workspace_id, data=data)
