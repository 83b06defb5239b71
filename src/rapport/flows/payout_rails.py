"""What a page says of a run rail by rail: what goes out, as which file or call, and how far that is."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from rapport.apps.payouts.account_inputs import RAILS_WITH_ACCOUNT
from rapport.apps.payouts.files import currency_of
from rapport.apps.payouts.models import CallState, MethodKind, PayoutFile, PayoutRun, PayoutState, RailCall
from rapport.apps.payouts.queries import accounts_in_use, files_of_run, payouts_of_run
from rapport.apps.payouts.rails import Form, forms_of
from rapport.domain.money import Money


@dataclass(frozen=True, slots=True)
class ToldFile:
    """One file or call that was made: its sum, its checksum, and of a call how far it is."""

    file: PayoutFile
    words: str
    money: Money
    call: RailCall | None

    @property
    def may_ask_again(self) -> bool:
        """Say whether a person may let the call go out once more."""
        return self.call is not None and self.call.state in {CallState.REFUSED, CallState.UNKNOWN}

    @property
    def may_give_back(self) -> bool:
        """Say whether a person may give up the call: nothing of it was paid."""
        return self.call is not None and self.call.state == CallState.REFUSED


@dataclass(frozen=True, slots=True)
class RailOfRun:
    """What goes out one way: how much, and the files that were made or may be made, the best first."""

    kind: MethodKind
    words: str
    count: int
    money: Money
    open: int
    files: tuple[ToldFile, ...]
    forms: tuple[Form, ...]
    lacks_account: bool


def rails_of(run: PayoutRun) -> tuple[RailOfRun, ...]:
    """Return the rails of a run, in their order."""
    made: dict[str, list[ToldFile]] = {}
    for file in files_of_run(run.id):
        made.setdefault(file.method_kind, []).append(_told(file, run))
    kept = payouts_of_run(run.id).exclude(state=PayoutState.CANCELLED).order_by().values_list("method_kind")
    sums = {kind: (count, minor) for kind, count, minor in kept.annotate(Count("id"), Sum("amount_minor"))}
    open_ = dict(kept.filter(state=PayoutState.SENT).annotate(Count("id")))
    accounts = accounts_in_use(run.program_id)
    return tuple(
        RailOfRun(
            kind=kind,
            words=str(kind.label),
            count=sums[kind][0],
            money=Money(sums[kind][1], run.currency),
            open=open_.get(kind, 0),
            files=tuple(made.get(kind, ())),
            forms=tuple(forms_of(kind, has_account=kind in accounts)),
            lacks_account=kind in RAILS_WITH_ACCOUNT and kind not in accounts,
        )
        for kind in MethodKind
        if kind in sums
    )


def _told(file: PayoutFile, run: PayoutRun) -> ToldFile:
    currency = currency_of(file) if run.rates.exists() else run.currency
    return ToldFile(file, file.get_format_display(), Money(file.total_minor, currency), getattr(file, "call", None))
