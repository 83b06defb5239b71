"""What a page says about a payout run: who is paid and who is not, the sums, and what changed since it was prepared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from rapport.apps.identity.queries import actor_names
from rapport.apps.ledger.queries import balances_of, payable_changes
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_of
from rapport.apps.payouts.models import Payout, PayoutRun, PayoutRunState, PayoutState, PayoutVerdict
from rapport.apps.payouts.queries import dues_of, payouts_of_run, runs_of, verdicts_of
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import terms_of, version_in_force
from rapport.apps.taxes.queries import standings
from rapport.domain.books import AccountKind
from rapport.domain.money import Money
from rapport.domain.payouts import Obstacle, Reason, Verdict, reason_named, weigh
from rapport.flows.explaining.words import local_day
from rapport.flows.paydays import payday_after
from rapport.flows.tax_papers import lack_words
from rapport.kit.clock import to_ms


@dataclass(frozen=True, slots=True)
class Group:
    """The agreements of one verdict together."""

    verdict: Verdict
    words: str
    count: int
    money: Money


@dataclass(frozen=True, slots=True)
class Row:
    """One agreement of a run with its verdict; `payout` where it is paid."""

    agreement: Agreement
    verdict: Verdict
    reasons: tuple[str, ...]
    payable: Money
    threshold: Money
    payout: Payout | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a run was prepared."""

    approved: Money
    reversed: Money
    methods: tuple[Payout, ...]

    @property
    def anything(self) -> bool:
        """Say whether anything did."""
        return bool(self.approved.minor or self.reversed.minor or self.methods)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRun:
    """Everything about a run but its rows."""

    preparer: str
    approver: str
    groups: tuple[Group, ...]
    before: PayoutRun | None
    difference: Money | None
    since: Since | None
    looked_at: int
    partners: int


def tell_run(run: PayoutRun) -> ToldRun:
    """Tell a run as it stands."""
    names = actor_names({(run.prepared_by_kind, run.prepared_by_id), (run.approved_by_kind, run.approved_by_id)})
    done = [PayoutRunState.APPROVED, PayoutRunState.CLOSED]
    before = runs_of(run.program_id).filter(state__in=done, prepared_at__lt=run.prepared_at).first()
    agreements = Agreement.objects.filter(program_id=run.program_id)
    return ToldRun(
        preparer=names.get(run.prepared_by_id, run.prepared_by_id),
        approver=names.get(run.approved_by_id, run.approved_by_id),
        groups=tuple(_groups(run)),
        before=before,
        difference=run.total - before.total if before else None,
        since=_since(run) if run.state == PayoutRunState.DRAFT and run.filled_at else None,
        looked_at=agreements.filter(id__lte=run.filled_upto).count() if run.filled_upto else 0,
        partners=agreements.count(),
    )


def rows_of(run: PayoutRun, verdicts: Iterable[PayoutVerdict]) -> list[Row]:
    """Return these verdicts of a run ready for a page, with their payouts."""
    found = list(verdicts)
    paid = {
        row.agreement_id: row for row in payouts_of_run(run.id).filter(agreement__in=[v.agreement_id for v in found])
    }
    return [
        Row(
            agreement=row.agreement,
            verdict=Verdict(row.verdict),
            reasons=reason_words(Verdict(row.verdict), map(reason_named, row.reasons)),
            payable=Money(row.payable_minor, run.currency),
            threshold=Money(row.threshold_minor, run.currency),
            payout=paid.get(row.agreement_id),
        )
        for row in found
    ]


def would_be_paid(program: Program, *, at: datetime) -> list[Row]:
    """Return what a run would find if it were prepared now, the largest amounts first."""
    agreements = list(agreements_of(program.id))
    balances = balances_of([row.id for row in agreements], [AccountKind.PAYABLE])
    payable_minor = {name.owner: minor for name, minor in balances.items()}
    papers = standings(agreements, program=program, on=local_day(at, program.zone))
    dues = dues_of(agreements, payable_minor, papers=papers, at=at)
    rows = []
    for agreement in agreements:
        due = dues[agreement.id]
        verdict, obstacles = weigh(due, at_ms=to_ms(at))
        if verdict is not Verdict.NOTHING:
            payable, threshold = (
                Money(due.payable_minor, program.currency),
                Money(due.threshold_minor, program.currency),
            )
            rows.append(Row(agreement, verdict, reason_words(verdict, obstacles), payable, threshold))
    return sorted(rows, key=lambda row: -row.payable.minor)


def grouped(rows: Iterable[Row], currency: str) -> list[Group]:
    """Return the sums of rows by verdict, in the order of the rules."""
    found = list(rows)
    groups = []
    for verdict in Verdict:
        of_verdict = [row.payable.minor for row in found if row.verdict is verdict]
        if of_verdict:
            groups.append(Group(verdict, verdict_words(verdict), len(of_verdict), Money(sum(of_verdict), currency)))
    return groups


def next_payday_of(program: Program, *, at: datetime) -> date:
    """Return the next payday by the terms in force, or today for a program without any."""
    today = local_day(at, program.zone)
    version = version_in_force(program.id, at=at)
    if version is None:
        return today
    return payday_after(terms_of(version, currency=program.currency).payout, program=program, after=today)


def verdict_words(verdict: Verdict) -> str:
    """Name a verdict."""
    return {
        Verdict.ELIGIBLE: _("To be paid"),
        Verdict.HELD: _("Held"),
        Verdict.BELOW_THRESHOLD: _("Below the threshold"),
        Verdict.NO_METHOD: _("No payout method"),
        Verdict.CARRIED: _("Below zero, carried on"),
        Verdict.NOTHING: _("Nothing due"),
    }[verdict]


def reason_words(verdict: Verdict, obstacles: Iterable[Reason]) -> tuple[str, ...]:
    """Say why somebody is not paid; nothing for whoever is."""
    words = lack_words() | {
        Obstacle.OTHER_CURRENCY: _("The payout method does not carry the currency of this program."),
        Obstacle.NO_RATE: _("No exchange rate is known for the currency in which the partner is paid."),
        Obstacle.METHOD_CHANGED: _("The payout method was changed a short time ago."),
        Obstacle.AGREEMENT_SUSPENDED: _("The agreement is suspended."),
        Obstacle.ENDED_FOR_BREACH: _("The agreement was ended for a breach of the terms."),
        Obstacle.TERMS_NOT_ACCEPTED: _("The partner has not accepted the offered terms yet."),
    }
    told = {
        Verdict.NO_METHOD: _("The partner has not said how to be paid."),
        Verdict.CARRIED: _("More was taken back than earned; the next commissions make up for it."),
    }
    return (told[verdict],) if verdict in told else tuple(words[one] for one in obstacles)


def _groups(run: PayoutRun) -> Iterable[Group]:
    rows = verdicts_of(run.id).order_by().values_list("verdict").annotate(Count("id"), Sum("payable_minor"))
    found = {verdict: (count, minor) for verdict, count, minor in rows}
    for verdict in Verdict:
        if verdict in found:
            count, minor = found[verdict]
            yield Group(verdict, verdict_words(verdict), count, Money(minor, run.currency))


def _since(run: PayoutRun) -> Since:
    approved_minor, reversed_minor = payable_changes(run.program_id, after=run.filled_at or run.prepared_at)
    changed = payouts_of_run(run.id).filter(state=PayoutState.RESERVED, method__replaced_at__isnull=False)
    return Since(Money(approved_minor, run.currency), Money(reversed_minor, run.currency), tuple(changed))
