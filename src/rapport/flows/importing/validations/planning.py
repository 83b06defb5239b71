"""What the decisions of a file would do to the orders as they stand, line by line and in sum."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.conversions.models import Conversion, ConversionState
from rapport.apps.imports.actions import Validation
from rapport.apps.imports.errors import Unreadable
from rapport.apps.imports.models import ImportRun, Verdict
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.working import Progress
from rapport.domain.credit import HoldReason
from rapport.domain.money import MAX_MINOR, decimals_of
from rapport.flows.explaining.words import hold_words
from rapport.flows.importing.files import Fate, table_of
from rapport.flows.importing.validations.lines import BadVerdict, ToldVerdict, VerdictReader

MOST_LINES = 50_000
AT_ONCE = 500


@dataclass(slots=True)
class Planned:
    """What a file would do: `wanted` are decisions to carry out, `settled` lines that nothing is left to do for."""

    lines: int = 0
    wanted: list[Validation] = field(default_factory=list)
    settled: list[Fate] = field(default_factory=list)
    refused: list[Fate] = field(default_factory=list)
    sums: dict[str, dict[str, int]] = field(
        default_factory=lambda: {verdict.value: {"number": 0, "minor": 0} for verdict in Verdict}
    )

    def figures(self) -> dict[str, Any]:
        """Return the counts and sums that a person confirms; sums are of commissions."""
        return {
            "lines": self.lines,
            "accepted": len(self.wanted),
            "settled": len(self.settled),
            "refused": len(self.refused),
            "waiting": 0,
            "sums": self.sums,
        }

    def fates(self) -> list[Fate]:
        """Return every line that does nothing, in the order of the file."""
        return sorted([*self.settled, *self.refused])


def plan_validations(run: ImportRun, *, progress: Progress) -> Planned:
    """Read a file of decisions whole, and hold it against the orders as they stand."""
    layout, planned = Layout.of(run.layout), Planned()
    table = table_of(run)
    reader = VerdictReader(layout, table.header)
    told: dict[str, list[ToldVerdict]] = defaultdict(list)
    for planned.lines, row in enumerate(table.rows(), start=1):
        if planned.lines > MOST_LINES:
            raise Unreadable(_("The file has more than %(n)s lines. Cut it in pieces.") % {"n": f"{MOST_LINES:,}"})
        line = reader.read(row)
        if isinstance(line, BadVerdict):
            planned.refused.append(_fate(line.number, line.order, _("refused"), line.sentence))
        else:
            told[line.order].append(line)
        progress(planned.lines)
    single = [first for first in (_agreed(lines, planned) for lines in told.values()) if first]
    for start in range(0, len(single), AT_ONCE):
        _hold_against(run, layout.kind, single[start : start + AT_ONCE], planned)
    return planned


def _agreed(lines: Sequence[ToldVerdict], planned: Planned) -> ToldVerdict | None:
    """Return the one line that counts of those about an order; where they contradict each other, none does."""
    if len({line.says for line in lines}) > 1:
        numbers = ", ".join(str(line.number) for line in lines)
        sentence = _("The lines %(numbers)s say different things about this order.") % {"numbers": numbers}
        planned.refused += [_fate(line.number, line.order, _("refused"), sentence) for line in lines]
        return None
    said = _("The line %(number)s says the same.") % {"number": lines[0].number}
    planned.settled += [_fate(line.number, line.order, _("nothing to do"), said) for line in lines[1:]]
    return lines[0]


def _hold_against(run: ImportRun, kind: str, lines: Sequence[ToldVerdict], planned: Planned) -> None:
    orders = Conversion.objects.filter(
        program_id=run.program_id, kind=kind, external_id__in=[one.order for one in lines]
    )
    known = {row.external_id: row for row in orders}
    earned: dict[str, list[Commission]] = defaultdict(list)
    for row in commissions_of_program(run.program_id).filter(conversion__in=known.values()).order_by("id"):
        earned[row.conversion_id or ""].append(row)
    for line in lines:
        order = known.get(line.order)
        if order is None:
            planned.refused.append(_fate(line.number, line.order, _("refused"), _("This order is not known.")))
        else:
            _weigh(line, order, earned[order.id], planned)


def _weigh(line: ToldVerdict, order: Conversion, earned: Sequence[Commission], planned: Planned) -> None:
    total_minor = _minor(line, order)
    if total_minor == -1:
        sentence = _("The amount has more decimals than its currency.")
        planned.refused.append(_fate(line.number, line.order, _("refused"), sentence))
        return
    changes = total_minor is not None and total_minor != order.remaining_minor
    refused = why_refused(line.verdict, order, earned, changes=changes)
    nothing = "" if refused else why_nothing(line.verdict, order, earned, changes=changes)
    if refused or nothing:
        fate = _fate(line.number, line.order, _("refused") if refused else _("nothing to do"), refused or nothing)
        (planned.refused if refused else planned.settled).append(fate)
        return
    planned.wanted.append(
        Validation(
            line=line.number,
            conversion_id=order.id,
            verdict=line.verdict.value,
            total_minor=total_minor if changes else None,
            decline_code=line.decline_code,
            reason=line.reason,
        )
    )
    sums = planned.sums[line.verdict]
    sums["number"] += 1
    sums["minor"] += sum(row.worth.minor if line.verdict == Verdict.DECLINE else row.accrued_minor for row in earned)


def why_refused(verdict: str, order: Conversion, earned: Iterable[Commission], *, changes: bool) -> str:
    """Return why a decision cannot be carried out on an order as it stands."""
    if order.state == ConversionState.DECLINED and verdict != Verdict.DECLINE:
        return _("This order was declined. Take the decline back on its page first.")
    if changes and order.in_conflict:
        return _("This order was reported with two different amounts. Choose one on its page first.")
    if verdict == Verdict.APPROVE:
        doubts = dict.fromkeys(hold for row in earned if row.accrued_minor for hold in row.holds)
        # The merchant's own file is as good as its server's word.
        doubts.pop(HoldReason.UNCONFIRMED.value, None)
        if doubts:
            return " ".join(hold_words(hold) for hold in doubts)
        if any(row.accrued_minor and not row.facts_joined for row in earned):
            return _("Details of the click are still being looked up. Import the file again in a few minutes.")
    return ""


def why_nothing(verdict: str, order: Conversion, earned: Sequence[Commission], *, changes: bool) -> str:
    """Return why a decision leaves nothing to do: somebody did it already, or nobody earns."""
    if changes:
        return ""
    if verdict == Verdict.AMEND:
        return _("The order has this amount already.")
    if verdict == Verdict.DECLINE:
        return _("It is declined already.") if order.state == ConversionState.DECLINED else ""
    return _why_nothing_to_approve(earned)


def _why_nothing_to_approve(earned: Sequence[Commission]) -> str:
    if not earned:
        return _("Nobody earns from this order.")
    if any(row.accrued_minor for row in earned):
        return ""
    if all(row.state == CommissionState.REVERSED for row in earned):
        return _("The shop took the whole order back already; there is nothing left to approve.")
    return _("It is approved already.")


def _minor(line: ToldVerdict, order: Conversion) -> int | None:
    """Return the new amount in minor units; -1 for one that the currency cannot hold."""
    if line.total is None:
        return None
    exact = line.total.scaleb(decimals_of(order.currency))
    return int(exact) if exact == exact.to_integral_value() and exact <= MAX_MINOR else -1


def _fate(line: int, order: str, fate: str, why: str) -> Fate:
    return (line, order, fate, why)
