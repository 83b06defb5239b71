"""The terms of a program by API: the draft and its problems, the versions, and publishing, by the pages' actions."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest, JsonResponse
from django.utils import translation
from ninja import Router, Schema
from ninja.params import functions as params
from pydantic import AwareDatetime, Field

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.rights import Capability, find
from rapport.apps.programs.actions import save_draft
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import all_programs, all_versions_of, version_in_force, versions_of
from rapport.domain.terms import Problems, Terms, canonical, parse, sentences
from rapport.doors.access import Request, allow
from rapport.doors.api.conversions import REFUSALS
from rapport.flows.answers import Answer, answer_once
from rapport.flows.noting import notes_of
from rapport.flows.publishing import publish_draft
from rapport.kit.clock import now

router = Router(tags=["terms"])

_KEY: str = params.Header("", alias="Idempotency-Key", max_length=255)
_MOST_NOTED = 250


class TermsBody(Schema):
    """A document of terms, as its JSON Schema says (`/schemas/terms-v1.json`)."""

    terms: Annotated[dict[str, Any], Field(description="The document.")]


class PublishBody(Schema):
    """When the kept draft takes effect (at once where nothing is said), and a note that partners read."""

    effective_at: AwareDatetime | None = None
    note: Annotated[str, Field(max_length=_MOST_NOTED)] = ""


class DraftOut(Schema):
    """The draft in its canonical form, and the sentences that a partner would read."""

    program: str
    terms: dict[str, Any]
    sentences: list[str]
    changed_at: str


class TermsProblem(Schema):
    """One thing to mend, and where it stands, as in `rules[0].pay.percent`."""

    path: str
    sentence: str


class CheckOut(Schema):
    """What a partner would read and what is worth a look before; or what must be mended first."""

    sentences: list[str]
    problems: list[TermsProblem]
    notes: list[TermsProblem]


class VersionOut(Schema):
    """One version as it was published; the sentences are those of today's language."""

    id: str
    program: str
    number: int
    in_force: bool
    effective_at: str
    published_at: str
    note: str
    digest: str
    terms: dict[str, Any]
    sentences: list[str]


class VersionList(Schema):
    """The versions that were published for everybody, the newest first."""

    versions: list[VersionOut]


@router.get("/programs/{program_id}/terms", url_name="terms", response={200: VersionList, **REFUSALS})
@allow(Capability.PROGRAM_READ)
def list_versions(request: HttpRequest, program_id: str) -> JsonResponse:
    """Return the versions of a program's terms."""
    program = _program(request, Capability.PROGRAM_READ, program_id)
    in_force = version_in_force(program.id, at=now())
    return JsonResponse({"versions": [_told(row, program, in_force) for row in versions_of(program.id)]})


@router.post("/programs/{program_id}/terms", url_name="terms", response={201: VersionOut, **REFUSALS})
@allow(Capability.TERMS_WRITE)
def publish(request: HttpRequest, program_id: str, payload: PublishBody, idempotency_key: str = _KEY) -> JsonResponse:
    """Publish the kept draft as the next version; what is worse for partners must be announced in time."""
    at, actor = now(), cast("Request", request).actor

    def answer() -> Answer:
        program = _program(request, Capability.TERMS_WRITE, program_id)
        version = publish_draft(
            program=program, effective_at=payload.effective_at or at, note=payload.note, by=actor, at=at
        )
        return Answer(201, _told(version, program, version_in_force(program.id, at=at)))

    return _answered(request, payload, idempotency_key, at=at, answer=answer)


@router.get("/programs/{program_id}/terms/draft", url_name="draft", response={200: DraftOut, **REFUSALS})
@allow(Capability.TERMS_WRITE)
def read_draft(request: HttpRequest, program_id: str) -> JsonResponse:
    """Return the draft of the next version."""
    return JsonResponse(_told_draft(_program(request, Capability.TERMS_WRITE, program_id)))


@router.put("/programs/{program_id}/terms/draft", url_name="draft", response={200: DraftOut, **REFUSALS})
@allow(Capability.TERMS_WRITE)
def keep_draft(request: HttpRequest, program_id: str, payload: TermsBody, idempotency_key: str = _KEY) -> JsonResponse:
    """Keep a draft; one that cannot be promised is refused, each problem at its field."""
    at, actor = now(), cast("Request", request).actor

    def answer() -> Answer:
        program = _program(request, Capability.TERMS_WRITE, program_id)
        save_draft(program_id=program.id, document=payload.terms, by=actor, at=at)
        return Answer(200, _told_draft(_program(request, Capability.TERMS_WRITE, program_id)))

    return _answered(request, payload, idempotency_key, at=at, answer=answer)


@router.post("/programs/{program_id}/terms/check", response={200: CheckOut, **REFUSALS})
@allow(Capability.PROGRAM_READ)
def check(request: HttpRequest, program_id: str, payload: TermsBody) -> JsonResponse:
    """Read a document and keep nothing: what a partner would read, or everything that must be mended."""
    program = _program(request, Capability.PROGRAM_READ, program_id)
    read = parse(payload.terms, currency=program.currency, speech=translation)
    if isinstance(read, Problems):
        problems = [{"path": problem.path, "sentence": problem.sentence} for problem in read]
        return JsonResponse({"sentences": [], "problems": problems, "notes": []})
    notes = [asdict(note) for note in notes_of(program, read)]
    return JsonResponse({"sentences": sentences(read, speech=translation), "problems": [], "notes": notes})


@router.get("/programs/{program_id}/terms/{int:number}", response={200: VersionOut, **REFUSALS})
@allow(Capability.PROGRAM_READ)
def read_version(request: HttpRequest, program_id: str, number: int) -> JsonResponse:
    """Return one version, also one for a single agreement."""
    program = _program(request, Capability.PROGRAM_READ, program_id)
    row = all_versions_of(program.id).filter(number=number).first()
    if row is None:
        raise NotFound
    return JsonResponse(_told(row, program, version_in_force(program.id, at=now())))


def _program(request: HttpRequest, capability: Capability, program_id: str) -> Program:
    return find(cast("Request", request).actor, capability, all_programs(), pk=program_id)


def _told(row: TermsVersion, program: Program, in_force: TermsVersion | None) -> dict[str, object]:
    return {
        "id": row.id,
        "program": row.program_id,
        "number": row.number,
        "in_force": row == in_force,
        "effective_at": row.effective_at.isoformat(),
        "published_at": row.published_at.isoformat(),
        "note": row.note,
        "digest": row.digest,
        "terms": row.document,
        "sentences": sentences(_read(row.document, program), speech=translation),
    }


def _told_draft(program: Program) -> dict[str, object]:
    terms = _read(program.draft.document, program)
    return {
        "program": program.id,
        "terms": canonical(terms),
        "sentences": sentences(terms, speech=translation),
        "changed_at": program.draft.changed_at.isoformat(),
    }


def _read(document: object, program: Program) -> Terms:
    read = parse(document, currency=program.currency)
    if isinstance(read, Problems):
        raise TypeError(f"terms that were kept do not parse: {program.id}: {read}")
    return read


def _answered(
    request: HttpRequest, payload: Schema, key: str, *, at: datetime, answer: Callable[[], Answer]
) -> JsonResponse:
    asked = {"method": request.method, "path": request.path, "body": payload.model_dump(mode="json")}
    actor = cast("Request", request).actor
    answered = answer_once(scope=str(actor), key=key, request=asked, at=at, answer=answer)
    return JsonResponse(answered.body, status=answered.status)
