"""Say how an organisation is paid, and how a program pays."""

import hashlib
from datetime import datetime, timedelta

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.details import details_of, put_details
from rapport.apps.payouts.errors import MethodOfOthersToo
from rapport.apps.payouts.exchanging import wishes_of
from rapport.apps.payouts.inputs import Details, MethodInput, PayoutSettingsInput, checked
from rapport.apps.payouts.models import PayoutMethod, PayoutMethodCurrency, PayoutSettings
from rapport.apps.payouts.queries import method_of, settings_of
from rapport.apps.payouts.wishes import wished_currency
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Unreadable
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id


def enter_method(*, organisation_id: str, given: MethodInput, by: Actor, at: datetime) -> PayoutMethod:
    """Take in how an organisation is paid from now on; the same details again change nothing.

    A first method can be used at once. A changed one waits for the longest time that any of the organisation's
    programs asks for, so that whoever took over a session gains nothing before the partner has read the mail.
    """
    details, wish = checked(given), wished_currency(given)
    with transaction():
        Organisation.objects.select_for_update().get(pk=organisation_id)
        before = method_of(organisation_id)
        if before and _leads_to(before, details) and wishes_of([before.id]).get(before.id, "") == wish:
            return before
        known = PayoutMethod.objects.filter(organisation_id=organisation_id)
        first = not known.exists()
        replaced = list(known.filter(replaced_at__isnull=True).values_list("id", flat=True))
        known.filter(pk__in=replaced).update(replaced_at=at)
        seal_stored(PayoutMethod, replaced)
        method = PayoutMethod(
            id=new_id("pym", at=at),
            organisation_id=organisation_id,
            changed_at=at,
            usable_at=at if first else at + _cooling(organisation_id),
            actor_kind=by.kind,
            actor_id=by.id,
        )
        put_details(method, details)
        method.save(force_insert=True)
        seal_rows([method])
        if wish:
            seal_rows([PayoutMethodCurrency.objects.create(method=method, currency=wish)])
        audit(by=by, at=at, action="payout_method.entered", subject=method.id, data=_trace(method, before))
        announce(at=at, kind="payout_method.changed", subject=organisation_id)
    return method


def enter_method_for(*, agreement: Agreement, given: MethodInput, by: Actor, at: datetime) -> PayoutMethod:
    """Take in for a partner how it is paid; refused where other workspaces pay the same organisation."""
    organisation_id = agreement.partner.organisation_id
    others = Agreement.objects.filter(partner__organisation_id=organisation_id)
    if others.exclude(program__workspace_id=agreement.program.workspace_id).exists():
        raise MethodOfOthersToo
    return enter_method(organisation_id=organisation_id, given=given, by=by, at=at)


def change_settings(*, program: Program, given: PayoutSettingsInput, by: Actor, at: datetime) -> PayoutSettings:
    """Say whose bank holidays move a payday of a program, and how long a changed method waits."""
    with transaction():
        row = settings_of(program)
        row.country, row.cooling_hours, row.changed_at = given.country.upper(), given.cooling_hours, at
        row.save()
        seal_rows([row])
        audit(
            by=by,
            at=at,
            action="payout_settings.changed",
            subject=program.id,
            workspace_id=program.workspace_id,
            data=given.model_dump(),
        )
    return row


def _leads_to(method: PayoutMethod, details: Details) -> bool:
    """Say whether these are the details of a method; whoever lost the vault's keys enters them all again."""
    try:
        return details_of(method) == details
    except Unreadable:
        return False


def _cooling(organisation_id: str) -> timedelta:
    agreements = Agreement.objects.filter(partner__organisation_id=organisation_id)
    hours = [settings_of(row.program).cooling_hours for row in agreements.select_related("program__workspace")]
    return timedelta(hours=max(hours, default=PayoutSettings().cooling_hours))


def _trace(method: PayoutMethod, before: PayoutMethod | None) -> dict[str, object]:
    """Return what the audit keeps: no details of a person, but a digest of what is sealed.

    It proves which they were, and nobody without the vault's keys can try account numbers against it.
    """
    digest = hashlib.sha256(method.details.encode()).hexdigest()
    return {"organisation": method.organisation_id, "replaces": before.id if before else "", "digest": digest}
