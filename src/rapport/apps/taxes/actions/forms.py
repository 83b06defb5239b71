"""Take in the forms that payees sign, show them to finance with a trace, accept or refuse them."""

import hashlib
from base64 import b64decode, b64encode
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.vault import open_cell, seal_cell
from rapport.apps.record.write import transaction
from rapport.apps.taxes.actions.profiles import check_alone
from rapport.apps.taxes.errors import FormDecided, bad_field
from rapport.apps.taxes.inputs import FormInput, checked_media
from rapport.apps.taxes.models import TaxForm, TaxFormState
from rapport.apps.taxes.queries import COUNTING
from rapport.domain.tax import FormKind, runs_out_on
from rapport.kit.ids import new_id

_AHEAD = ZoneInfo("Etc/GMT-14")
"""Where a day begins first: a form cannot be signed on a day that has begun nowhere."""
_EARLIEST = 2000


def receive_form(*, organisation_id: str, given: FormInput, by: Actor, at: datetime) -> TaxForm:
    """Keep a form; it takes the place of an earlier one of its kind. The same file and day again change nothing."""
    media = checked_media(given.content)
    last = _checked_day(given, at=at)
    digest = hashlib.sha256(given.content).hexdigest()
    with transaction():
        Organisation.objects.select_for_update().get(pk=organisation_id)
        before = TaxForm.objects.filter(organisation_id=organisation_id, kind=given.kind, state__in=COUNTING).first()
        if before and (before.digest, before.signed_on) == (digest, given.signed_on):
            return before
        if before:
            TaxForm.objects.filter(pk=before.pk).update(state=TaxFormState.REPLACED)
            seal_stored(TaxForm, [before.pk])
        form = TaxForm(
            id=new_id("txf", at=at),
            organisation_id=organisation_id,
            kind=given.kind,
            signed_on=given.signed_on,
            runs_out_on=last,
            media_type=media,
            size=len(given.content),
            digest=digest,
            received_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        seal_cell(form, "content", b64encode(given.content).decode())
        form.save(force_insert=True)
        seal_rows([form])
        data = {"organisation": organisation_id, "kind": str(given.kind), "digest": digest, "size": form.size}
        audit(by=by, at=at, action="tax_form.received", subject=form.id, data=data)
        announce(at=at, kind="tax_form.received", subject=organisation_id)
    return form


def receive_form_for(*, agreement: Agreement, given: FormInput, by: Actor, at: datetime) -> TaxForm:
    """Keep a form that a partner gave to finance; refused where other workspaces pay the same organisation."""
    check_alone(agreement)
    return receive_form(organisation_id=agreement.partner.organisation_id, given=given, by=by, at=at)


def open_form(*, form: TaxForm, workspace_id: str, by: Actor, at: datetime) -> bytes:
    """Return what a form holds; that somebody looked is written down first."""
    with transaction():
        audit(by=by, at=at, action="tax_form.opened", subject=form.id, workspace_id=workspace_id)
    return b64decode(open_cell(form, "content"))


def accept_form(*, form_id: str, workspace_id: str, by: Actor, at: datetime) -> TaxForm:
    """Note that somebody of finance looked at a form and found it right."""
    return _decide(form_id, TaxFormState.ACCEPTED, reason="", workspace_id=workspace_id, by=by, at=at)


def refuse_form(*, form_id: str, reason: str, workspace_id: str, by: Actor, at: datetime) -> TaxForm:
    """Refuse a form with a reason that the partner reads; it counts no more."""
    if not reason.strip():
        raise bad_field("reason", _("Say what is wrong with it; the partner reads it."))
    return _decide(form_id, TaxFormState.REFUSED, reason=reason.strip(), workspace_id=workspace_id, by=by, at=at)


def _decide(form_id: str, state: TaxFormState, *, reason: str, workspace_id: str, by: Actor, at: datetime) -> TaxForm:
    with transaction():
        form = TaxForm.objects.select_for_update().get(pk=form_id)
        if form.state == state:
            return form
        if form.state not in COUNTING:
            raise FormDecided(form.get_state_display())
        form.state, form.reason, form.decided_at = state, reason[:250], at
        form.decided_by_kind, form.decided_by_id = by.kind, by.id
        form.save(update_fields=["state", "reason", "decided_at", "decided_by_kind", "decided_by_id"])
        seal_rows([form])
        data = {"reason": form.reason}
        audit(by=by, at=at, action=f"tax_form.{state}", subject=form.id, workspace_id=workspace_id, data=data)
        announce(at=at, kind=f"tax_form.{state}", subject=form.organisation_id, workspace_id=workspace_id)
    return form


def _checked_day(given: FormInput, *, at: datetime) -> date | None:
    today = at.astimezone(_AHEAD).date()
    if given.signed_on > today:
        raise bad_field("signed_on", _("This day is still to come. Give the day that stands beside the signature."))
    if given.signed_on.year < _EARLIEST:
        raise bad_field("signed_on", _("Give the day that stands beside the signature."))
    last = runs_out_on(FormKind(given.kind), signed_on=given.signed_on)
    if last and last < at.date():
        sentence = _("A form signed on that day ran out on %(day)s. Sign a new one.")
        raise bad_field("signed_on", sentence % {"day": last.isoformat()})
    return last
