"""The files and calls that banks and providers are given: the same payouts make the same bytes at any time."""

import hashlib
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import Value
from django.db.models.functions import Coalesce

from rapport.apps.payouts.details import account_of, copy_of
from rapport.apps.payouts.models import MethodKind, Payout, PayoutFile, PayoutRun, PayoutState
from rapport.apps.payouts.providers.protocol import Dispatch, Instruction
from rapport.apps.payouts.rails import Form, form_of


def payouts_of_rail(run: PayoutRun, kind: MethodKind) -> list[Payout]:
    """Return the payouts that go out one way, in the order of its files."""
    rows = Payout.objects.filter(run=run, method_kind=kind).exclude(state=PayoutState.CANCELLED)
    # One currency after the other, because no file holds two.
    rows = rows.select_related("exchange").annotate(paid_in=Coalesce("exchange__currency", Value("")))
    return list(rows.order_by("paid_in", "id"))


def payouts_in_file(file: PayoutFile) -> list[Payout]:
    """Return the payouts that one file holds: those after the parts before it."""
    before = file.run.files.filter(method_kind=file.method_kind, part__lt=file.part)
    start = sum(before.values_list("payouts_count", flat=True))
    return payouts_of_rail(file.run, MethodKind(file.method_kind))[start : start + file.payouts_count]


def currency_of(file: PayoutFile) -> str:
    """Return the one currency that a file pays in."""
    return payouts_in_file(file)[0].sent.currency


def content_of(file: PayoutFile, payouts: Sequence[Payout] | None = None) -> bytes:
    """Return the bytes of a file, made anew from what it was made from."""
    rows = payouts_in_file(file) if payouts is None else payouts
    return written_as(file).write(dispatch_of(file, rows))


def written_as(file: PayoutFile) -> Form:
    """Return who writes a file, and how it is called and sent."""
    form = form_of(MethodKind(file.method_kind), file.format)
    if form is None:
        raise AssertionError(f"{file} is of a format that its rail does not have")
    return form


def dispatch_of(file: PayoutFile, payouts: Sequence[Payout]) -> Dispatch:
    """Return everything that a file is made from; nothing of it can change after it was made."""
    return Dispatch(
        run_id=file.run_id,
        part=file.part,
        number=file.number,
        made_at=file.made_at.astimezone(ZoneInfo(file.run.program.zone)),
        execute_on=file.execute_on or file.run.pay_on,
        program=file.program_name,
        account=account_of(file.account) if file.account else {},
        instructions=tuple(_instruction(payout) for payout in payouts),
    )


def digest_of_file(content: bytes) -> str:
    """Return the SHA-256 of a file, as every computer can show it."""
    return hashlib.sha256(content).hexdigest()


def _instruction(payout: Payout) -> Instruction:
    copy = copy_of(payout)
    return Instruction(
        payout_id=payout.id,
        amount=payout.sent,
        holder=copy.holder,
        country=copy.country,
        number=copy.number,
        routing=copy.routing,
        note=copy.note,
        facts=copy.facts,
    )
