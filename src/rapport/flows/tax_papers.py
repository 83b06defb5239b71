"""Tax papers between a program and its partners: what is missing in words, letters and signed links that ask for it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.languages import speaking
from rapport.apps.invoices.queries import OBJECT_WITHIN
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import PayoutRun
from rapport.apps.payouts.queries import method_of, verdicts_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.taxes import actions
from rapport.apps.taxes.models import TaxForm
from rapport.apps.taxes.queries import all_forms, standing_of
from rapport.domain.payouts import Reason, Verdict, reason_named
from rapport.domain.tax import Lack, Need
from rapport.flows.explaining.words import local_day
from rapport.flows.partner_letters import readers_of
from rapport.flows.tax_links import signed_link

Words = tuple[str, tuple[str, ...]]
"""The subject of a letter, and its paragraphs."""


def lack_words() -> dict[Reason, str]:
    """Return for everything that may be missing the sentence that says so."""
    return {
        Lack.PROFILE: _("The tax profile is missing."),
        Lack.TAX_NUMBER: _("The tax number is missing."),
        Lack.VAT_ID: _("The VAT id is missing."),
        Lack.W9: _("W-9 is missing."),
        Lack.W8: _("W-8BEN or W-8BEN-E is missing."),
        Lack.W8_EXPIRED: _("The W-8 form has run out."),
        Lack.SELF_BILLING: _("The agreement to self-billing is missing."),
    }


def need_words() -> dict[str, str]:
    """Return for everything that a program may ask for how it is called."""
    return {
        Need.PROFILE.value: _("Tax profile"),
        Need.TAX_NUMBER.value: _("Tax number"),
        Need.VAT_ID.value: _("VAT id"),
        Need.W9.value: _("W-9"),
        Need.W8.value: _("W-8BEN or W-8BEN-E"),
        Need.SELF_BILLING.value: _("Agreement to self-billing"),
    }


def lacks_of(agreement: Agreement, *, at: datetime) -> tuple[Lack, ...]:
    """Return what a partner lacks today of what the program asks for, paid the way it has chosen."""
    method = method_of(agreement.partner.organisation_id)
    on = local_day(at, agreement.program.zone)
    return standing_of(agreement, on=on).lacks(method.kind if method else "")


def lacks_in_words(agreement: Agreement, *, at: datetime) -> list[str]:
    """Return the same as sentences, for a page."""
    words = lack_words()
    return [words[lack] for lack in lacks_of(agreement, at=at)]


def ask_for_papers(run: PayoutRun, *, by: Actor, at: datetime) -> int:
    """Write to every partner whom a run holds for a paper, once for each run; return to how many."""
    asked = 0
    for verdict in verdicts_of(run.id).filter(verdict=Verdict.HELD.value).select_related("agreement__program"):
        lacks = [one for one in map(reason_named, verdict.reasons) if isinstance(one, Lack)]
        if lacks:
            asked += _ask(verdict.agreement, lacks, occasion=run.id, by=by, at=at)
    return asked


def self_billing_text(agreement: Agreement) -> str:
    """Return the words to which a partner agrees, as they are kept with the agreement."""
    words = {"program": agreement.program.name, "workspace": agreement.program.workspace.name}
    return "\n".join(
        (
            _("%(workspace)s writes the invoices and credit notes for what you earn in “%(program)s”, in your name.")
            % words,
            _("You write none for the same. Each is in your portal on the day of the payout."),
            _("Each counts as accepted unless you object within %(days)s days after you could read it.")
            % {"days": OBJECT_WITHIN.days},
            _("You say at once when your VAT id, your address or your status as a small business changes."),
            _("You may end this at any time; from then on you write the invoices."),
        )
    )


def tell_refused(form: TaxForm, agreement: Agreement, *, at: datetime) -> None:
    """Write to a partner that a form cannot be used, and why; inside the caller's transaction."""
    _write(agreement, partial(_refused_words, form, agreement), at=at)


def refuse_form(form: TaxForm, agreement: Agreement, *, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a form and tell the partner."""
    with transaction():
        before = all_forms().values_list("state", flat=True).get(pk=form.id)
        workspace_id = agreement.program.workspace_id
        refused = actions.refuse_form(form_id=form.id, reason=reason, workspace_id=workspace_id, by=by, at=at)
        if refused.state != before:
            tell_refused(refused, agreement, at=at)


def _ask(agreement: Agreement, lacks: Iterable[Lack], *, occasion: str, by: Actor, at: datetime) -> int:
    told = tuple(lacks)
    with transaction():
        if actions.request_papers(agreement=agreement, occasion=occasion, lacks=told, by=by, at=at) is None:
            return 0
        _write(agreement, partial(_asked_words, told, agreement), at=at)
    return 1


def _refused_words(form: TaxForm, agreement: Agreement) -> Words:
    words = {"form": form.get_kind_display(), "program": agreement.program.name}
    told = (_("%(program)s cannot use your %(form)s.") % words, form.reason, _("Please hand in another one."))
    return _("Your %(form)s cannot be used") % words, told


def _asked_words(lacks: tuple[Lack, ...], agreement: Agreement) -> Words:
    missing: Mapping[Reason, str] = lack_words()
    words = {"program": agreement.program.name}
    return _("%(program)s needs a paper before it can pay you") % words, (
        _("%(program)s wants to pay you and cannot yet.") % words,
        *(missing[lack] for lack in lacks),
        _("Nothing is lost: hand it in, and your money goes out with the next payout."),
    )


def _write(agreement: Agreement, words: Callable[[], Words], *, at: datetime) -> None:
    for reader in readers_of(agreement):
        with speaking(reader.language):
            subject, paragraphs = words()
            letter = Letter(
                recipient=reader.email,
                subject=subject,
                paragraphs=paragraphs,
                button=Button(_("Hand it in"), signed_link(agreement, reader.email)),
                notes=(_("The address opens for 30 days and shows nothing of what you handed in before."),),
                workspace_id=agreement.program.workspace_id,
                holds_secret=True,
            )
            queue_mail(letter=letter, at=at)
