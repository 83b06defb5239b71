"""Read tax papers: profiles, forms, what programs ask for, and how each partner stands against it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.taxes.models import (
    SelfBilling,
    TaxForm,
    TaxFormState,
    TaxNumber,
    TaxProfile,
    TaxRate,
    TaxSettings,
    VatCheck,
    VatOverride,
)
from rapport.apps.taxes.tables import VatRate, vat_rate
from rapport.apps.taxes.vat_queries import overrides_in_force, vat_rates_of
from rapport.domain import vat
from rapport.domain.tax import FormKind, Lack, Need, Papers, Rule, lacking

COUNTING = (TaxFormState.RECEIVED, TaxFormState.ACCEPTED)
"""A form counts from the minute it came, until somebody refuses it or another takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one agreement stands with taxes on a day: papers, what is asked for, what is kept back, how it is billed."""

    rules: tuple[Rule, ...]
    papers: Papers | None
    profile: TaxProfile | None
    payer: TaxProfile | None
    rate: TaxRate | None
    is_billed: bool
    on: date
    override: VatOverride | None = None
    rates: tuple[VatRate, ...] = ()

    def lacks(self, rail: str) -> tuple[Lack, ...]:
        """Return what is missing for somebody who is paid this way."""
        return lacking(self.rules, self.papers, rail=rail, on=self.on)

    @property
    def treatment(self) -> tuple[vat.Treatment, str]:
        """Return how VAT is shown on what this partner bills, and the percentage as a decimal text."""
        if not self.is_billed:
            return vat.Treatment.OUTSIDE, "0"
        return self.treatment_if_billed

    @property
    def treatment_if_billed(self) -> tuple[vat.Treatment, str]:
        """Return the same for what was billed before, whether or not the agreement to it still stands."""
        if not (self.profile and self.payer):
            return vat.Treatment.OUTSIDE, "0"
        rate = vat_rate(self.profile.country, on=self.on, rates=self.rates)
        found = vat.treatment(
            partner=_party(self.profile),
            payer=_party(self.payer),
            has_rate=rate is not None,
            override=vat.Treatment(self.override.treatment) if self.override and self.override.treatment else None,
        )
        return found, rate.percent if rate and found is vat.Treatment.STANDARD else "0"


def profiles_in_use(organisation_ids: Collection[str]) -> dict[str, TaxProfile]:
    """Return the tax profile of each of these organisations; those without one are missing."""
    rows = TaxProfile.objects.filter(organisation_id__in=organisation_ids, replaced_at__isnull=True)
    return {row.organisation_id: row for row in rows}


def profile_of(organisation_id: str) -> TaxProfile | None:
    """Return the tax profile of an organisation."""
    return profiles_in_use([organisation_id]).get(organisation_id)


def numbers_in_use(organisation_ids: Collection[str]) -> dict[str, TaxNumber]:
    """Return the tax number of each of these organisations, still sealed; those without one are missing."""
    rows = TaxNumber.objects.filter(organisation_id__in=organisation_ids, replaced_at__isnull=True)
    return {row.organisation_id: row for row in rows}


def number_of(organisation_id: str) -> TaxNumber | None:
    """Return the tax number of an organisation, still sealed."""
    return numbers_in_use([organisation_id]).get(organisation_id)


def checks_of(profile: TaxProfile) -> QuerySet[VatCheck]:
    """Return how the VAT id of a profile was checked, the newest first."""
    return VatCheck.objects.filter(profile=profile).order_by("-checked_at", "-id")


def forms_of(organisation_id: str) -> QuerySet[TaxForm]:
    """Return the forms of an organisation, the newest first, without what they hold."""
    return TaxForm.objects.filter(organisation_id=organisation_id).defer("content").order_by("-id")


def all_forms() -> QuerySet[TaxForm]:
    """Return the forms of everybody, for a door that finds the one it may show."""
    return TaxForm.objects.order_by("id")


def tax_settings_of(program: Program) -> TaxSettings:
    """Return what a program asks for; one that never said asks for nothing."""
    return TaxSettings.objects.filter(program=program).first() or TaxSettings(program=program, rules=[])


def rules_of(settings: TaxSettings) -> tuple[Rule, ...]:
    """Return what a program asks for, as the rules take it."""
    return tuple(
        Rule(row["where"], row["kind"], row["rail"], tuple(Need(need) for need in row["needs"]))
        for row in settings.rules
    )


def rate_of(partner_id: str) -> TaxRate | None:
    """Return what is kept back from a partner."""
    return TaxRate.objects.filter(partner_id=partner_id, replaced_at__isnull=True).first()


def self_billing_of(agreement_id: str) -> SelfBilling | None:
    """Return a partner's agreement to self-billing, if it is in force."""
    return SelfBilling.objects.filter(agreement_id=agreement_id, ended_at__isnull=True).first()


def standings(agreements: Iterable[Agreement], *, program: Program, on: date) -> dict[str, Standing]:
    """Return how these agreements of one program stand on a day, in nine statements however many they are."""
    rows = list(agreements)
    settings = tax_settings_of(program)
    organisations = {row.partner.organisation_id for row in rows}
    profiles = profiles_in_use({*organisations, program.workspace_id})
    forms = _forms(organisations)
    rates = {
        row.partner_id: row
        for row in TaxRate.objects.filter(partner_id__in={row.partner_id for row in rows}, replaced_at__isnull=True)
    }
    agreed = set(
        SelfBilling.objects.filter(agreement__in=rows, ended_at__isnull=True).values_list("agreement_id", flat=True)
    )
    asked, payer = rules_of(settings), profiles.get(program.workspace_id)
    numbers = numbers_in_use(organisations)
    overrides = overrides_in_force({row.partner_id for row in rows}, on=on)
    known_rates = vat_rates_of(program.workspace_id)
    return {
        row.id: Standing(
            rules=asked,
            papers=_papers(
                profiles.get(row.partner.organisation_id),
                forms,
                number=numbers.get(row.partner.organisation_id),
                agreed=row.id in agreed,
            ),
            profile=profiles.get(row.partner.organisation_id),
            payer=payer,
            rate=rates.get(row.partner_id),
            is_billed=bool(settings.self_billing and row.id in agreed and payer)
            and row.partner.organisation_id in profiles,
            on=on,
            override=overrides.get(row.partner_id),
            rates=known_rates,
        )
        for row in rows
    }


def standing_of(agreement: Agreement, *, on: date) -> Standing:
    """Return how one agreement stands on a day."""
    return standings([agreement], program=agreement.program, on=on)[agreement.id]


def _forms(organisations: Collection[str]) -> dict[str, dict[FormKind, date | None]]:
    found: dict[str, dict[FormKind, date | None]] = {}
    rows = TaxForm.objects.filter(organisation_id__in=organisations, state__in=COUNTING)
    for organisation_id, kind, last in rows.values_list("organisation_id", "kind", "runs_out_on"):
        found.setdefault(organisation_id, {})[FormKind(kind)] = last
    return found


def _papers(
    profile: TaxProfile | None,
    forms: dict[str, dict[FormKind, date | None]],
    *,
    number: TaxNumber | None,
    agreed: bool,
) -> Papers | None:
    if profile is None:
        return None
    return Papers(
        country=profile.country,
        kind=profile.kind,
        has_vat_id=bool(profile.vat_id),
        # A number belongs to its country: who moved has none there yet.
        has_tax_number=number is not None and number.country == profile.country,
        forms=forms.get(profile.organisation_id, {}),
        agreed_self_billing=agreed,
    )


def _party(profile: TaxProfile) -> vat.Party:
    return vat.Party(profile.country, has_vat_id=bool(profile.vat_id), small_business=profile.small_business)
