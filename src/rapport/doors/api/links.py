"""Links by API: those of the key's programs and those that its organisation has as a partner, by the pages' actions."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.params import functions as params
from pydantic import BaseModel, Field

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.rights import Capability, can, scope
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.partners.queries import all_agreements
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.tracking.actions import create_link, limit_link, switch_link
from rapport.apps.tracking.inputs import LimitsInput, LinkInput
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import address_of, all_links, base_of, cap_of, how_full, limits_of
from rapport.doors.access import Request, allow
from rapport.doors.api.conversions import REFUSALS
from rapport.flows.answers import Answer, answer_once
from rapport.kit.clock import now

router = Router(tags=["links"])
M = TypeVar("M", bound=Model)

_KEY: str = params.Header("", alias="Idempotency-Key", max_length=255)
_READ = (Capability.LINK_READ, Capability.PORTAL_READ)
_WRITE = (Capability.LINK_WRITE, Capability.PORTAL_WRITE)

PublicId = Annotated[str, Field(max_length=32, pattern=r"^[A-Za-z0-9_]*$")]


class AskedLinks(Schema):
    """Which links: of a program, of an agreement, or all; older than `before`, the `next` of the page before."""

    program: PublicId = ""
    agreement: PublicId = ""
    before: PublicId = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class LinkBody(LinkInput):
    """A link to make. No destination: the program's landing page. No code: one is made up."""

    program: Annotated[PublicId, Field(description="Enough where the key's organisation is one partner in it.")] = ""
    agreement: Annotated[PublicId, Field(description="Whose link it is (`agr_…`).")] = ""


class LimitsBody(LimitsInput):
    """When a link leads on, the end excluded, how often, and where to otherwise; what is left out is not limited.

    A partner's key sets a cap of the partner's own, within the program's.
    """


class LinkOut(Schema):
    """A link as it stands; `address` is what partners share.

    Of the program's cap and the partner's the tighter one is told. `full` is `day` or `total` while the link leads to
    its fallback because of it; `full_until` is when a day's ends.
    """

    id: str
    program: str
    agreement: str
    code: str
    address: str
    name: str
    destination: str
    placement: str
    channel: str
    subs: dict[str, str]
    active: bool
    starts_at: str | None
    ends_at: str | None
    fallback_url: str
    clicks_per_day: int | None
    clicks_in_total: int | None
    full: str
    full_until: str | None
    created_at: str


class LinkList(Schema):
    """A page of links, newest first; `next` is the `before` of the page after it, empty on the last."""

    links: list[LinkOut]
    next: str


@router.get("/links", url_name="links", response={200: LinkList, **REFUSALS})
@allow(Capability.LINK_READ)
def list_links(request: HttpRequest, asked: Query[AskedLinks]) -> HttpResponse:
    """Return links, newest first, a page at a time."""
    rows = _reachable(_actor(request), _READ, all_links())
    chosen = {"agreement__program_id": asked.program, "agreement_id": asked.agreement, "pk__lt": asked.before}
    found = list(rows.filter(**{name: value for name, value in chosen.items() if value})[: asked.limit + 1])
    shown = found[: asked.limit]
    return JsonResponse({"links": _told_all(shown), "next": shown[-1].id if len(found) > len(shown) else ""})


@router.post("/links", url_name="links", response={200: LinkOut, 201: LinkOut, **REFUSALS})
@allow(Capability.LINK_WRITE)
def make_link(request: HttpRequest, payload: LinkBody, idempotency_key: str = _KEY) -> HttpResponse:
    """Make a link. The same wish without a code and a time again gets the link that it made before (200)."""
    at = now()

    def answer() -> Answer:
        agreement = _agreement(_actor(request), payload)
        side = _is_partner(_actor(request), agreement)
        link = create_link(agreement_id=agreement.id, given=payload, by=_actor(request), at=at, by_partner=side)
        return Answer(201 if link.created_at == at else 200, _told(link))

    return _answered(request, payload, idempotency_key, at=at, answer=answer)


@router.get("/links/{link_id}", response={200: LinkOut, **REFUSALS})
@allow(Capability.LINK_READ)
def read_link(request: HttpRequest, link_id: str) -> HttpResponse:
    """Return a link as it stands."""
    return JsonResponse(_told(_link(_actor(request), _READ, link_id)))


@router.put("/links/{link_id}/limits", response={200: LinkOut, **REFUSALS})
@allow(Capability.LINK_WRITE)
def set_limits(request: HttpRequest, link_id: str, payload: LimitsBody, idempotency_key: str = _KEY) -> HttpResponse:
    """Say when a link leads on, how often, and where to otherwise; it holds within seconds."""
    at, actor = now(), _actor(request)

    def answer() -> Answer:
        link = _link(actor, _WRITE, link_id)
        by_partner = _is_partner(actor, link.agreement)
        limit_link(link_id=link.id, given=payload, by=actor, at=at, by_partner=by_partner)
        return Answer(200, _told(_link(actor, _WRITE, link_id)))

    return _answered(request, payload, idempotency_key, at=at, answer=answer)


@router.post("/links/{link_id}/pause", response={200: LinkOut, **REFUSALS})
@allow(Capability.LINK_WRITE)
def pause_link(request: HttpRequest, link_id: str, idempotency_key: str = _KEY) -> HttpResponse:
    """Let a link lead to its fallback page until it is resumed."""
    return _switched(request, link_id, idempotency_key, active=False)


@router.post("/links/{link_id}/resume", response={200: LinkOut, **REFUSALS})
@allow(Capability.LINK_WRITE)
def resume_link(request: HttpRequest, link_id: str, idempotency_key: str = _KEY) -> HttpResponse:
    """Let a paused link lead on again."""
    return _switched(request, link_id, idempotency_key, active=True)


def _switched(request: HttpRequest, link_id: str, key: str, *, active: bool) -> HttpResponse:
    at, actor = now(), _actor(request)

    def answer() -> Answer:
        link = _link(actor, _WRITE, link_id)
        return Answer(200, _told(switch_link(link_id=link.id, active=active, by=actor, at=at)))

    return _answered(request, None, key, at=at, answer=answer)


def _link(actor: Actor, rights: tuple[Capability, Capability], link_id: str) -> Link:
    """Return the link, or refuse it as not found: foreign and missing alike."""
    link = _reachable(actor, rights, all_links()).filter(pk=link_id).first()
    if link is None:
        raise NotFound
    return link


def _agreement(actor: Actor, wanted: LinkBody) -> Agreement:
    """Return the agreement that is named, or the only one that the key's organisation holds in the program."""
    if wanted.agreement:
        rows = _reachable(actor, _WRITE, all_agreements()).filter(pk=wanted.agreement)
        rows = rows.filter(program_id=wanted.program) if wanted.program else rows
    else:
        held = scope(actor, Capability.PORTAL_WRITE, all_agreements()).exclude(state=AgreementState.ENDED)
        rows = held.filter(program_id=wanted.program) if wanted.program else held
    found = list(rows[:2])
    if wanted.agreement and not found:
        raise NotFound
    if len(found) != 1:
        sentence = _("Say whose link this is, such as agr_….")
        raise BadInput(sentence, fields={"agreement": sentence})
    return found[0]


def _is_partner(actor: Actor, agreement: Agreement) -> bool:
    """Say whether a key speaks for the partner, not for the program."""
    return not can(actor, Capability.LINK_WRITE, agreement.program)


def _reachable(actor: Actor, rights: tuple[Capability, Capability], rows: QuerySet[M]) -> QuerySet[M]:
    """Return those rows that belong to a program of the key's organisation, or to it as a partner."""
    ours, as_partner = rights
    return scope(actor, ours, rows) | scope(actor, as_partner, rows)


def _told_all(links: Iterable[Link]) -> list[dict[str, object]]:
    """Return links as the API tells them; what addresses begin with is asked once for each program."""
    rows = list(links)
    bases = {program_id: base_of(program_id) for program_id in {row.agreement.program_id for row in rows}}
    return [_told(row, base=bases[row.agreement.program_id]) for row in rows]


def _told(link: Link, *, base: str | None = None) -> dict[str, object]:
    limits = limits_of(link)
    return {
        "id": link.id,
        "program": link.agreement.program_id,
        "agreement": link.agreement_id,
        "code": link.code,
        "address": address_of(link, base=base),
        **{name: getattr(link, name) for name in ("name", "destination", "placement", "channel", "subs", "active")},
        "starts_at": limits.starts_at and limits.starts_at.isoformat(),
        "ends_at": limits.ends_at and limits.ends_at.isoformat(),
        "fallback_url": limits.fallback_url,
        **_told_cap(link),
        "created_at": link.created_at.isoformat(),
    }


def _told_cap(link: Link) -> dict[str, object]:
    cap, full = cap_of(link), how_full(link, at=now())
    until = cap.full_until.isoformat() if cap.full_until and full == "day" else None
    clicks = {"clicks_per_day": cap.in_force.per_day, "clicks_in_total": cap.in_force.in_total}
    return {**clicks, "full": full, "full_until": until}


def _answered(
    request: HttpRequest, payload: BaseModel | None, key: str, *, at: datetime, answer: Callable[[], Answer]
) -> HttpResponse:
    asked = {"path": request.path, "method": request.method, "body": payload and payload.model_dump(mode="json")}
    answered = answer_once(scope=str(_actor(request)), key=key, request=asked, at=at, answer=answer)
    response = JsonResponse(answered.body, status=answered.status, json_dumps_params={"sort_keys": True})
    if answered.again:
        response["Idempotent-Replayed"] = "true"
    return response


def _actor(request: HttpRequest) -> Actor:
    return cast("Request", request).actor
