"""Write links, coupons, click keys and postback secrets."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db import transaction as database

from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.programs.inputs import host_of
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.apps.tracking.errors import AgreementNotActive, CodeTaken, EndsBeforeStart, HostNotAllowed
from rapport.apps.tracking.inputs import CouponInput, LimitsInput, LinkInput
from rapport.apps.tracking.keys import hide
from rapport.apps.tracking.limiting import set_limits
from rapport.apps.tracking.models import ClickKey, Coupon, Link, LinkLimits, PostbackSecret, PostbackWay
from rapport.apps.tracking.queries import free_link_number
from rapport.kit.ids import new_id, random_code, random_token

KEY_NUMBERS = 256


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A new postback secret with the text that is shown once."""

    secret: PostbackSecret
    shown_once: str


def create_link(*, agreement_id: str, given: LinkInput, by: Actor, at: datetime, by_partner: bool = False) -> Link:
    """Create a link; the same wish again (destination, placement, channel, sub-ids) gets the link it made before.

    `by_partner` says whose cap it is that is given.
    """
    with transaction():
        agreement = _active(agreement_id)
        destination = _allowed(agreement.program, given.destination or agreement.program.landing_url)
        known = None if given.code or given.are_any else _same(agreement, given, destination)
        if known:
            return known
        link = _new_link(agreement, given, destination=destination, at=at)
        seal_rows([link])
        if given.are_any:
            set_limits(link, given, by_partner=by_partner, at=at)
        _told(agreement.program, what="link.created", subject=link.id, by=by, at=at)
    return link


def switch_link(*, link_id: str, active: bool, by: Actor, at: datetime) -> Link:
    """Pause a link (it leads to the fallback page) or let it lead on again."""
    with transaction():
        link = Link.objects.select_for_update().select_related("agreement__program").get(pk=link_id)
        if link.active != active:
            link.active = active
            link.save(update_fields=("active",))
            seal_rows([link])
            what = "link.resumed" if active else "link.paused"
            _told(link.agreement.program, what=what, subject=link.id, by=by, at=at)
    return link


def limit_link(*, link_id: str, given: LimitsInput, by: Actor, at: datetime, by_partner: bool = False) -> LinkLimits:
    """Say when a link leads on, how often, and where to otherwise; what is not given is not limited any more.

    A partner sets a cap of its own, within the program's.
    """
    with transaction():
        link = Link.objects.select_for_update().select_related("agreement__program").get(pk=link_id)
        limits = set_limits(link, given, by_partner=by_partner, at=at)
        said = {name: getattr(given, name) for name in LimitsInput.model_fields}
        data = {name: value and str(value) for name, value in said.items()}
        _told(link.agreement.program, what="link.limited", subject=link.id, by=by, at=at, **data)
    return limits


def create_coupon(*, agreement_id: str, given: CouponInput, by: Actor, at: datetime) -> Coupon:
    """Give a code to an agreement; it counts from its start until its end."""
    starts_at = given.starts(at)
    if given.ends_at and given.ends_at <= starts_at:
        raise EndsBeforeStart
    with transaction():
        agreement = _active(agreement_id)
        coupon = Coupon(
            id=new_id("cpn", at=at),
            program=agreement.program,
            agreement=agreement,
            code=given.code,
            starts_at=starts_at,
            ends_at=given.ends_at,
            created_at=at,
        )
        _insert(coupon, code=given.code)
        seal_rows([coupon])
        _told(agreement.program, what="coupon.created", subject=coupon.id, by=by, at=at)
    return coupon


def end_coupon(*, coupon_id: str, by: Actor, at: datetime) -> Coupon:
    """Let a coupon end now; orders before this moment keep counting."""
    with transaction():
        coupon = Coupon.objects.select_for_update().select_related("program").get(pk=coupon_id)
        if coupon.ends_at is None or coupon.ends_at > at:
            coupon.ends_at = at
            coupon.save(update_fields=("ends_at",))
            seal_rows([coupon])
            _told(coupon.program, what="coupon.ended", subject=coupon.id, by=by, at=at)
    return coupon


def issue_postback_secret(*, program_id: str, way: PostbackWay, by: Actor, at: datetime) -> IssuedSecret:
    """Make a token (kept as a digest) or a signing secret; its text is shown this once."""
    raw = secrets.token_bytes(32)
    shown = f"whsec_{base64.b64encode(raw).decode()}" if way == PostbackWay.HMAC else f"pbt_{random_token(32)}"
    with transaction():
        program = Program.objects.get(pk=program_id)
        secret = PostbackSecret(
            id=new_id("pbs", at=at),
            program=program,
            way=way,
            prefix=shown[:12],
            digest=hashlib.sha256(shown.encode()).hexdigest(),
            created_at=at,
        )
        if way == PostbackWay.HMAC:
            hide(secret, raw)
        secret.save(force_insert=True)
        _told(program, what="postback_secret.issued", subject=secret.id, by=by, at=at, way=way)
    return IssuedSecret(secret, shown)


def revoke_postback_secret(*, secret_id: str, by: Actor, at: datetime) -> PostbackSecret:
    """Stop accepting a token or signing secret."""
    with transaction():
        secret = PostbackSecret.objects.select_for_update().select_related("program").get(pk=secret_id)
        if secret.revoked_at is None:
            secret.revoked_at = at
            secret.save(update_fields=("revoked_at",))
            _told(secret.program, what="postback_secret.revoked", subject=secret.id, by=by, at=at)
    return secret


def ensure_click_key(*, by: Actor, at: datetime) -> ClickKey:
    """Return the key that signs new click ids, made at first need."""
    living = ClickKey.objects.filter(revoked_at__isnull=True).order_by("-number").first()
    return living or rotate_click_key(by=by, at=at)


def rotate_click_key(*, by: Actor, at: datetime) -> ClickKey:
    """Sign with a new key from now on; the old ones verify for ever."""
    with transaction():
        latest = ClickKey.objects.order_by("-number").first()
        number = latest.number + 1 if latest else 1
        if number >= KEY_NUMBERS:
            raise AssertionError("all 255 key numbers of the click id format are used")
        key = ClickKey(number=number, created_at=at)
        hide(key, secrets.token_bytes(32))
        key.save(force_insert=True)
        audit(by=by, at=at, action="click_key.made", subject=f"key_{number}")
        announce(at=at, kind="click_key.made", subject=f"key_{number}")
    return key


def revoke_click_key(*, number: int, by: Actor, at: datetime) -> ClickKey:
    """Distrust a key: ids it signed count only if the lake holds them. New ids are signed with another."""
    with transaction():
        key = ClickKey.objects.select_for_update().get(pk=number)
        if key.revoked_at is None:
            key.revoked_at = at
            key.save(update_fields=("revoked_at",))
            audit(by=by, at=at, action="click_key.revoked", subject=f"key_{number}")
            announce(at=at, kind="click_key.revoked", subject=f"key_{number}")
            ensure_click_key(by=by, at=at)
    return key


def _active(agreement_id: str) -> Agreement:
    agreement = Agreement.objects.select_related("program").get(pk=agreement_id)
    if agreement.state not in {AgreementState.PROPOSED, AgreementState.ACTIVE}:
        raise AgreementNotActive(agreement.get_state_display().lower())
    return agreement


def _allowed(program: Program, destination: str) -> str:
    host = host_of(destination)
    if host not in program.hosts:
        raise HostNotAllowed(host, program.hosts)
    return destination


def _same(agreement: Agreement, given: LinkInput, destination: str) -> Link | None:
    alike = Link.objects.filter(
        agreement=agreement, destination=destination, placement=given.placement, channel=given.channel, active=True
    )
    return next((link for link in alike if link.subs == given.subs and given.name in {"", link.name}), None)


def _new_link(agreement: Agreement, given: LinkInput, *, destination: str, at: datetime) -> Link:
    link = Link(
        id=new_id("lnk", at=at),
        agreement=agreement,
        number=free_link_number(),
        code=given.code or random_code(),
        name=given.name,
        destination=destination,
        placement=given.placement,
        channel=given.channel,
        subs=given.subs,
        created_at=at,
    )
    _insert(link, code=link.code)
    return link


def _insert(row: Link | Coupon, *, code: str) -> None:
    try:
        with database.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise CodeTaken(code) from error


def _told(program: Program, *, what: str, subject: str, by: Actor, at: datetime, **data: object) -> None:
    audit(by=by, at=at, action=what, subject=subject, workspace_id=program.workspace_id, data=data)
    announce(at=at, kind=what, subject=subject, workspace_id=program.workspace_id, data=data)
