"""Read payouts: methods, what stands in a run, which payout paid a commission, what a program owes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.ledger.queries import PayablePosting, payable_postings
from rapport.apps.partners.models import Acceptance, Agreement, AgreementState
from rapport.apps.payouts.exchanging import rates_of_now, wishes_of
from rapport.apps.payouts.models import (
    CallState,
    ChangeNotice,
    MethodKind,
    Payout,
    PayoutFile,
    PayoutLine,
    PayoutMethod,
    PayoutRun,
    PayoutRunState,
    PayoutSettings,
    PayoutState,
    PayoutVerdict,
    RailAccount,
    RailCall,
)
from rapport.apps.payouts.rails import carries
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import terms_of, versions_of
from rapport.apps.taxes.queries import Standing
from rapport.domain.books import AccountKind
from rapport.domain.exchange import Rate
from rapport.domain.payday import bank_day
from rapport.domain.payouts import Due
from rapport.kit.clock import to_ms

UNDECIDED = (PayoutState.RESERVED, PayoutState.SENT)
"""What became of these is not known yet."""


def methods_in_use(organisation_ids: Collection[str]) -> dict[str, PayoutMethod]:
    """Return how each of these organisations is paid now; those without a method are missing."""
    rows = PayoutMethod.objects.filter(organisation_id__in=organisation_ids, replaced_at__isnull=True)
    return {row.organisation_id: row for row in rows}


def method_of(organisation_id: str) -> PayoutMethod | None:
    """Return how an organisation is paid now."""
    return methods_in_use([organisation_id]).get(organisation_id)


def account_in_use(program_id: str, kind: str) -> RailAccount | None:
    """Return where the money of a program comes from on one rail, if it was said."""
    return RailAccount.objects.filter(program_id=program_id, kind=kind, replaced_at__isnull=True).first()


def accounts_in_use(program_id: str) -> dict[str, RailAccount]:
    """Return by rail where the money of a program comes from."""
    rows = RailAccount.objects.filter(program_id=program_id, replaced_at__isnull=True)
    return {row.kind: row for row in rows}


def settings_of(program: Program) -> PayoutSettings:
    """Return how a program pays; one that never said follows the bank holidays of its workspace's country."""
    found = PayoutSettings.objects.filter(program=program).first()
    return found or PayoutSettings(program=program, country=program.workspace.country)


def bank_day_of(country: str, day: date) -> date:
    """Return the first day from this one on, on which banks of this country, or of this settlement system, work."""
    return bank_day(day, is_holiday=lambda one: one in _holidays(country, one.year))


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    # The calendars of the world take ten megabytes and a fifth of a second: only who asks for one carries them.
    import holidays  # noqa: PLC0415 - see above

    if country in holidays.list_supported_financial(include_aliases=False):
        return frozenset(holidays.financial_holidays(country, years=year))
    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def open_postings(agreement_ids: Collection[str]) -> dict[str, list[PayablePosting]]:
    """Return by agreement the postings on payable that no payout took yet, oldest first."""
    taken = PayoutLine.objects.filter(posting_id=OuterRef("pk"))
    found: dict[str, list[PayablePosting]] = defaultdict(list)
    for one in payable_postings(agreement_ids, ~Q(Exists(taken))):
        found[one.owner].append(one)
    return found


def dues_of(
    agreements: Iterable[Agreement],
    payable_minor: dict[str, int],
    *,
    papers: Mapping[str, Standing],
    at: datetime,
    rates: Mapping[str, Rate] | None = None,
) -> dict[str, Due]:
    """Return what the rules want to know of each agreement, in four statements; `papers` is how taxes stand.

    `rates` are those of a run; without them, those that a run of this moment would take.
    """
    rows = list(agreements)
    methods = methods_in_use({row.partner.organisation_id for row in rows})
    wishes = wishes_of([method.id for method in methods.values()])
    known = rates_of_now(rows[0].program, set(wishes.values()), at=at) if rates is None and rows else rates or {}
    accepted = _acceptances(rows, at=at)
    ways = {key: _Way(method, wishes.get(method.id, "")) for key, method in methods.items()}
    return {row.id: _due(row, payable_minor.get(row.id, 0), ways, accepted, papers[row.id], known) for row in rows}


@dataclass(frozen=True, slots=True)
class _Way:
    """How an organisation is paid, and in which currency it wants to be; empty for whichever the program has."""

    method: PayoutMethod
    wish: str


def payouts_of_commission(commission_id: str) -> list[Payout]:
    """Return the payouts that took money of a commission, oldest first."""
    ids = PayoutLine.objects.filter(subject=commission_id).values("payout_id")
    return list(Payout.objects.filter(id__in=ids).select_related("run").order_by("id"))


def latest_payouts_of(commission_ids: Collection[str]) -> dict[str, Payout]:
    """Return by commission the last payout that took money of it, in one statement."""
    rows = PayoutLine.objects.filter(subject__in=commission_ids).select_related("payout__run").order_by("id")
    return {row.subject: row.payout for row in rows}


def runs_of(program_id: str) -> QuerySet[PayoutRun]:
    """Return the payout runs of a program, newest first."""
    return PayoutRun.objects.filter(program_id=program_id).select_related("program__workspace").order_by("-id")


def run_ids(payout_ids: Collection[str]) -> dict[str, str]:
    """Return the run of each of these that is a payout."""
    return dict(Payout.objects.filter(pk__in=payout_ids).values_list("id", "run_id"))


def payouts_of_run(run_id: str) -> QuerySet[Payout]:
    """Return the payouts of a run with their partners, the largest first."""
    rows = Payout.objects.filter(run_id=run_id)
    rows = rows.select_related("agreement__partner", "run__program", "method", "exchange")
    return rows.order_by("-amount_minor", "id")


def payouts_of_program(program_id: str) -> QuerySet[Payout]:
    """Return every payout of a program, newest first."""
    rows = Payout.objects.filter(run__program_id=program_id)
    return rows.select_related("agreement__partner", "run__program").order_by("-id")


def payouts_of_agreement(agreement_id: str) -> QuerySet[Payout]:
    """Return what an agreement is and was paid, newest first; not what was taken back before it was sent."""
    rows = Payout.objects.filter(agreement_id=agreement_id).exclude(state=PayoutState.CANCELLED)
    return rows.select_related("run__program", "agreement", "method", "exchange").order_by("-id")


def verdicts_of(run_id: str) -> QuerySet[PayoutVerdict]:
    """Return what a run found, the largest amounts first."""
    rows = PayoutVerdict.objects.filter(run_id=run_id).select_related("agreement__partner")
    return rows.order_by("-payable_minor", "id")


def nets_of(payout_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Return by payout, then by the thing whose money it is, what the payout pays for it."""
    found: dict[str, dict[str, int]] = {payout_id: {} for payout_id in payout_ids}
    sums = PayoutLine.objects.filter(payout_id__in=payout_ids).order_by().values_list("payout_id", "subject")
    for payout_id, subject, minor in sums.annotate(minor=Sum("amount_minor")).order_by("payout_id", "subject"):
        found[payout_id][subject] = minor
    return found


def runs_to_approve(program_id: str) -> QuerySet[PayoutRun]:
    """Return the runs that wait for a second person, oldest first."""
    drafts = PayoutRun.objects.filter(program_id=program_id, state=PayoutRunState.DRAFT, filled_at__isnull=False)
    return drafts.filter(payouts_count__gt=0).order_by("id")


def unknown_payouts(program_id: str) -> QuerySet[Payout]:
    """Return the payouts of which nobody knows what became, oldest first."""
    rows = Payout.objects.filter(run__program_id=program_id, state=PayoutState.SENT, known=False)
    return rows.select_related("agreement__partner", "run").order_by("id")


@dataclass(frozen=True, slots=True)
class Owing:
    """An agreement to which money is due although nobody knows how; `since` the first of it was approved."""

    agreement: Agreement
    due_minor: int
    since: datetime


def agreements_without_method(program: Program, *, most: int) -> list[Owing]:
    """Return to whom a payout is due without a payout method, the longest due first, at most so many."""
    grouped = _owing(program).order_by().values("agreement_id")
    due = grouped.annotate(minor=Sum("payable_minor"), since=Min("approved_at")).order_by("since", "agreement_id")
    due = due.filter(minor__gte=_threshold_minor(program))
    sums = {row["agreement_id"]: row for row in due[:most]}
    agreements = Agreement.objects.filter(pk__in=list(sums)).select_related("partner").in_bulk()
    return [Owing(agreements[key], row["minor"], row["since"]) for key, row in sums.items()]


def count_without_method(program: Program) -> int:
    """Return to how many agreements a payout is due without a payout method."""
    sums = _owing(program).order_by().values("agreement_id").annotate(minor=Sum("payable_minor"))
    return sums.filter(minor__gte=_threshold_minor(program)).count()


def _threshold_minor(program: Program) -> int:
    """Return from which amount on the newest terms pay."""
    version = versions_of(program.id).first()
    return terms_of(version, currency=program.currency).payout.threshold_minor if version else 0


def _owing(program: Program) -> QuerySet[Commission]:
    paid_somehow = PayoutMethod.objects.filter(replaced_at__isnull=True).values("organisation_id")
    due = Commission.objects.filter(agreement__program=program, state=CommissionState.APPROVED, payable_minor__gt=0)
    return due.exclude(agreement__partner__organisation_id__in=paid_somehow)


def payouts_by_agreement() -> dict[tuple[str, AccountKind], int]:
    """Return by agreement what its payouts hold reserved, and what they have paid."""
    account_of = {
        PayoutState.RESERVED: AccountKind.RESERVED,
        PayoutState.SENT: AccountKind.RESERVED,
        PayoutState.SETTLED: AccountKind.PAID,
    }
    found: dict[tuple[str, AccountKind], int] = defaultdict(int)
    rows = Payout.objects.filter(state__in=list(account_of)).order_by().values_list("agreement_id", "state")
    for agreement_id, state, minor in rows.annotate(minor=Sum("amount_minor")):
        found[agreement_id, account_of[PayoutState(state)]] += minor
    return dict(found)


def payouts_unlike_lines() -> list[str]:
    """Return the payouts whose amount is not the sum of their lines; there must be none."""
    rows = Payout.objects.annotate(minor=Coalesce(Sum("lines__amount_minor"), 0)).exclude(amount_minor=F("minor"))
    return list(rows.order_by("id").values_list("id", flat=True))


def counts_by_state(run_id: str) -> dict[str, tuple[int, int]]:
    """Return how many payouts of a run are in each state, and their sum."""
    rows = Payout.objects.filter(run_id=run_id).order_by().values_list("state")
    return {state: (count, minor) for state, count, minor in rows.annotate(Count("id"), Sum("amount_minor"))}


def _acceptances(agreements: Collection[Agreement], *, at: datetime) -> dict[str, Acceptance]:
    rows = Acceptance.objects.filter(agreement__in=agreements, from_at__lte=at).select_related("version")
    return {row.agreement_id: row for row in rows.order_by("from_at", "version__number")}


def _due(
    agreement: Agreement,
    payable_minor: int,
    ways: Mapping[str, _Way],
    accepted: dict[str, Acceptance],
    papers: Standing,
    rates: Mapping[str, Rate],
) -> Due:
    way = ways.get(agreement.partner.organisation_id)
    method = way.method if way else None
    acceptance = accepted.get(agreement.id)
    currency = agreement.program.currency
    paid_in = (way.wish if way else "") or currency
    return Due(
        payable_minor=payable_minor,
        threshold_minor=terms_of(acceptance.version, currency=currency).payout.threshold_minor if acceptance else 0,
        usable_from_ms=to_ms(method.usable_at) if method else None,
        carried=method is None or carries(MethodKind(method.kind), paid_in),
        rated=paid_in == currency or paid_in in rates,
        suspended=agreement.state == AgreementState.SUSPENDED,
        proposed=agreement.state == AgreementState.PROPOSED,
        ended=agreement.state == AgreementState.ENDED,
        ended_for_breach=agreement.ended_for_breach,
        lacks=papers.lacks(method.kind) if method else (),
    )


def calls_of(run_id: str) -> list[RailCall]:
    """Return the calls of a run, part by part."""
    return list(RailCall.objects.filter(file__run_id=run_id).select_related("file").order_by("file__part"))


def calls_to_carry(run_id: str) -> list[str]:
    """Return the names of the calls of a run that are not answered yet."""
    rows = RailCall.objects.filter(file__run_id=run_id, state__in=(CallState.WAITING, CallState.ASKED))
    return list(rows.order_by("file__part").values_list("name", flat=True))


def call_named(name: str) -> RailCall:
    """Return a call with its file, run and program."""
    return RailCall.objects.select_related("file__run__program__workspace", "file__account").get(name=name)


def calls_of_workspaces() -> QuerySet[RailCall]:
    """Return calls with their run, for whoever looks one up within a run."""
    return RailCall.objects.select_related("file__run__program")


def calls_to_look_at(*, at: datetime, most: int = 50) -> list[str]:
    """Return the names of the calls whose time to be looked at has come."""
    rows = RailCall.objects.filter(look_at__lte=at).order_by("look_at")
    return list(rows.values_list("name", flat=True)[:most])


def any_call_to_look_at(*, at: datetime) -> bool:
    """Say whether there is such a call."""
    return RailCall.objects.filter(look_at__lte=at).exists()


_OF_A_NOTICE = ("payout__agreement__partner", "payout__agreement__program", "payout__method")


def notices_of_run(run_id: str) -> list[ChangeNotice]:
    """Return what banks want to be written another way for partners of a run, oldest first."""
    rows = ChangeNotice.objects.filter(payout__run_id=run_id).select_related(*_OF_A_NOTICE)
    return list(rows.order_by("received_at", "id"))


def notices_of_payout(payout_id: str) -> list[ChangeNotice]:
    """Return what the bank wants to be written another way for one payout."""
    rows = ChangeNotice.objects.filter(payout_id=payout_id).select_related(*_OF_A_NOTICE)
    return list(rows.order_by("received_at", "id"))


def files_of_run(run_id: str) -> list[PayoutFile]:
    """Return the files and calls of a run, rail by rail and part by part."""
    rows = PayoutFile.objects.filter(run_id=run_id).select_related("run__program", "account", "call")
    return list(rows.order_by("method_kind", "part"))


def payouts_named(program_id: str, names: Collection[str]) -> dict[str, Payout]:
    """Return payouts of a program by their ids."""
    found: dict[str, Payout] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), 500):
        rows = Payout.objects.filter(run__program_id=program_id, pk__in=wanted[start : start + 500])
        found |= {row.id: row for row in rows.select_related("agreement__partner", "run__program", "method")}
    return found


def payouts_ending(program_id: str, tails: Collection[str], *, kind: str) -> dict[str, Payout]:
    """Return by the end of its id the only payout of a program and rail that ends so; what is not clear is missing."""
    if not tails:
        return {}
    rows = Payout.objects.filter(run__program_id=program_id, method_kind=kind)
    found: dict[str, list[str]] = defaultdict(list)
    length = len(next(iter(tails)))
    for payout_id in rows.values_list("id", flat=True).iterator(2_000):
        if payout_id[-length:] in tails:
            found[payout_id[-length:]].append(payout_id)
    clear = {tail: ids[0] for tail, ids in found.items() if len(ids) == 1}
    named = payouts_named(program_id, clear.values())
    return {tail: named[payout_id] for tail, payout_id in clear.items()}


def file_named(program_id: str, name: str) -> PayoutFile | None:
    """Return the file of a program with an IBAN's rail by the name that its bank repeats: its run, and its part."""
    run_id, _dash, part = name.partition("-")
    rows = PayoutFile.objects.filter(run__program_id=program_id, run_id=run_id, method_kind=MethodKind.IBAN)
    wanted = int(part) if part.isdigit() else 1
    return rows.filter(part=wanted).select_related("run__program", "account").first()
