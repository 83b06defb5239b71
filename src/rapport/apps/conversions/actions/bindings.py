"""Record what a file says about whose customers these are, and whose a code is that orders used before it was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.conversions.actions.locks import lock_stories
from rapport.apps.conversions.models import Binding, Customer, NamedCoupon
from rapport.apps.conversions.recording import StoryKey, Taken, Touched
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import insert_rows
from rapport.apps.tracking.models import Coupon
from rapport.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class BindingLine:
    """One line of a file: this customer belongs to this agreement from this moment on."""

    customer_key: str
    agreement_id: str
    from_at: datetime
    line: int


def record_bindings(
    lines: Sequence[BindingLine], *, program_id: str, file_name: str, by: Actor, at: datetime
) -> tuple[list[Taken], Touched]:
    """Record bindings inside the caller's transaction; a second partner from the same moment is a conflict."""
    customers = _customers({line.customer_key for line in lines}, program_id=program_id, at=at)
    known = {
        (row.customer_id, row.from_at): row.agreement_id
        for row in Binding.objects.filter(customer__in=[customer.id for customer in customers.values()])
    }
    touched, taken, new = Touched(), [], []
    for line in lines:
        customer = customers[line.customer_key]
        told_before = known.setdefault((customer.id, line.from_at), "")
        if told_before:
            taken.append(Taken.KNOWN if told_before == line.agreement_id else Taken.CONFLICT)
            continue
        known[customer.id, line.from_at] = line.agreement_id
        new.append(_binding(line, customer, program_id=program_id, file_name=file_name, by=by, at=at))
        touched.keys.add(StoryKey(customer_id=customer.id))
        taken.append(Taken.NEW)
    insert_rows(new)
    return taken, touched


def give_codes_owner(coupon: Coupon, *, limit: int) -> Touched:
    """Tell up to `limit` orders, inside the caller's transaction, whose the code is that they named before."""
    named = NamedCoupon.objects.filter(
        code=coupon.code, coupon__isnull=True, conversion__program_id=coupon.program_id
    ).select_related("conversion")
    found = list(named.order_by("id")[:limit])
    touched = Touched.by(row.conversion for row in found)
    # Before the first row is written: stories are locked before their orders.
    lock_stories(touched.in_order())
    NamedCoupon.objects.filter(pk__in=[row.pk for row in found]).update(coupon=coupon)
    return touched


def take_codes_owner(coupons: Sequence[Coupon]) -> Touched:
    """Tell orders, inside the caller's transaction, that codes which they named belong to nobody any more."""
    named = NamedCoupon.objects.filter(coupon__in=coupons).select_related("conversion")
    touched = Touched.by(row.conversion for row in named)
    lock_stories(touched.in_order())
    named.update(coupon=None)
    return touched


def _customers(keys: set[str], *, program_id: str, at: datetime) -> dict[str, Customer]:
    """Find or make the customers, and lock them: a file may name a customer before any order does."""
    mine = Customer.objects.filter(program_id=program_id, key__in=keys)
    known = set(mine.values_list("key", flat=True))
    missing = [
        Customer(id=new_id("cus", at=at), program_id=program_id, key=key, created_at=at) for key in sorted(keys - known)
    ]
    insert_rows(missing, ignore_known=True)
    return {customer.key: customer for customer in mine.select_for_update().order_by("id")}


def _binding(
    line: BindingLine, customer: Customer, *, program_id: str, file_name: str, by: Actor, at: datetime
) -> Binding:
    return Binding(
        id=new_id("bnd", at=at),
        program_id=program_id,
        customer=customer,
        agreement_id=line.agreement_id,
        from_at=line.from_at,
        file_name=file_name,
        line=line.line,
        told_at=at,
        actor_kind=by.kind,
        actor_id=by.id,
    )
