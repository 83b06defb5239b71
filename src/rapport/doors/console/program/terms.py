"""The terms of a program: the draft as a form with its sentences beside it, and the versions that were published."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.queries import accepted_counts
from rapport.apps.programs.actions import save_draft
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import version_in_force, versions_of
from rapport.apps.replays.queries import reason_for_draft
from rapport.domain.terms import Problem, Problems, Terms, digest, parse, sentences
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.asking import Texts
from rapport.doors.console.program.choices import CHOICES
from rapport.doors.console.program.editor import SECTIONS, changed, document_of, editor_of, texts_of
from rapport.doors.console.program.forms import PublishForm
from rapport.doors.console.program.pages import lead_to
from rapport.doors.ui.differences import Difference, difference
from rapport.doors.ui.reasons import reason_of
from rapport.flows.admission import wording
from rapport.flows.noting import Note, notes_of
from rapport.flows.publishing import notice_of
from rapport.flows.replaying.worse import worse_off
from rapport.kit.clock import now

_LONGEST = 70_000
"""How much of one field is read: 500 products of the longest numbers."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a partner would read in a draft: its sentences, what changes against the version in force, or problems."""

    sentences: tuple[str, ...] = ()
    difference: Difference = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.TERMS_WRITE)
def terms(request: Request, program_id: str) -> HttpResponse:
    """Show the terms; keep the draft, or change the order and number of its rules."""
    program = program_or_404(request, program_id)
    if request.method != "POST":
        return terms_page(request, program)
    texts, do = _posted(request), request.POST.get("do", "keep")
    if do != "keep":
        return terms_page(request, program, texts=changed(texts, do=do), is_kept=False)
    document = _document(texts, program)
    read = parse(document, currency=program.currency, speech=translation)
    if isinstance(read, Problems):
        return terms_page(request, program, texts=texts, problems=read.items, status=422, is_kept=False)
    save_draft(program_id=program.id, document=document, by=request.actor, at=now())
    messages.success(request, _("The draft is kept. Partners see it when you publish it."))
    return lead_to("terms", program)


@require_POST
@allow(Capability.TERMS_WRITE)
def preview(request: Request, program_id: str) -> HttpResponse:
    """Answer with the sentences of what stands in the form, while it is being changed."""
    program = program_or_404(request, program_id)
    read = parse(_document(_posted(request), program), currency=program.currency, speech=translation)
    return render(request, "console/program/reading.html", {"read": reading(program, read)})


def terms_page(  # noqa: PLR0913 - every part of the page that an answer may replace
    request: Request,
    program: Program,
    *,
    texts: Texts | None = None,
    problems: tuple[Problem, ...] = (),
    publish_form: PublishForm | None = None,
    status: int = 200,
    is_kept: bool = True,
) -> HttpResponse:
    """Render the page of terms, with the draft as it is kept unless other texts are given."""
    draft = draft_of(program)
    shown = texts_of(draft) if texts is None else texts
    read: Terms | Problems = draft if texts is None else parse(_document(shown, program), currency=program.currency)
    at = now()
    in_force, accepted = version_in_force(program.id, at=at), accepted_counts(program.id)
    return program_page(
        request,
        "program/terms.html",
        program=program,
        status=status,
        editor=editor_of(shown, problems),
        read=reading(program, read),
        is_kept=is_kept,
        publish_form=publish_form or PublishForm(zone=program.zone),
        worse=worse_off(program, draft, at=at) if is_kept else None,
        notice=notice_of(program, at=at),
        reason=reason_of(reason_for_draft(program.id), digest=digest(draft)),
        may_write=can(request.actor, Capability.TERMS_WRITE, program),
        versions=[(row, accepted.get(row.id, 0)) for row in versions_of(program.id)],
        in_force=in_force,
        in_force_sentences=wording(in_force, currency=program.currency).splitlines() if in_force else [],
        choices=CHOICES,
        beside=[name for name in program.draft.document if name not in SECTIONS],
    )


def draft_of(program: Program) -> Terms:
    """Return the kept draft; every draft that was kept can be read."""
    read = parse(program.draft.document, currency=program.currency, speech=translation)
    if isinstance(read, Problems):
        raise TypeError(f"the draft of {program.id} does not parse: {read}")
    return read


def reading(program: Program, read: Terms | Problems) -> Read:
    """Return what a partner would read, with the changes against the version in force."""
    if isinstance(read, Problems):
        return Read(problems=read.items)
    said, notes = tuple(sentences(read, speech=translation)), tuple(notes_of(program, read))
    before = version_in_force(program.id, at=now())
    if before is None:
        return Read(sentences=said, notes=notes)
    changes = difference(wording(before, currency=program.currency).splitlines(), said)
    return Read(sentences=said, difference=changes, notes=notes)


def _posted(request: Request) -> Texts:
    """Return the texts of the form; of boxes that are ticked together one text with commas."""
    return {name: ", ".join(values)[:_LONGEST] for name, values in request.POST.lists()}


def _document(texts: Texts, program: Program) -> dict[str, Any]:
    """Return what the form says, beside what only YAML and the API show of the kept draft."""
    return document_of(texts, beside=program.draft.document)
