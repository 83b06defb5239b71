"""Read profiles, runs and returned pieces."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from rapport.apps.conversions.models import Binding, Conversion, ConversionLine, Correction
from rapport.apps.imports.models import BroughtLine, ImportRun, Profile, ReturnedPiece, RunState, ValidationLine


def profiles_of(program_id: str, *, subject: str) -> QuerySet[Profile]:
    """Return the profiles of a program for one subject, by name."""
    return Profile.objects.filter(program_id=program_id, subject=subject).order_by("name")


def runs_of(program_id: str) -> QuerySet[ImportRun]:
    """Return the imports of a program, newest first."""
    return ImportRun.objects.filter(program_id=program_id).select_related("program").order_by("-id")


def run_of(run_id: str) -> ImportRun:
    """Return one import with its program; raises ImportRun.DoesNotExist."""
    return ImportRun.objects.select_related("program").get(pk=run_id)


def unfinished_run(program_id: str, *, subject: str, digest: str) -> ImportRun | None:
    """Return the import of this very file that was begun and not finished."""
    begun = ImportRun.objects.filter(program_id=program_id, subject=subject, digest=digest, state=RunState.RUNNING)
    return begun.select_related("program").order_by("-id").first()


def brought_by(run_id: str) -> QuerySet[BroughtLine]:
    """Return the lines that a run brought, in the order of the file."""
    rows = BroughtLine.objects.filter(run_id=run_id).select_related("agreement__partner", "agreement__program")
    return rows.order_by("line")


def validations_of(run_id: str) -> QuerySet[ValidationLine]:
    """Return the confirmed decisions of a run with their orders."""
    return ValidationLine.objects.filter(run_id=run_id).select_related("conversion__program").order_by("line")


def explanations_of(entry_ids: Collection[str]) -> dict[str, str]:
    """Return how opening balances were explained, by their entries."""
    rows = BroughtLine.objects.filter(opening_entry__in=set(entry_ids) - {""})
    return dict(rows.values_list("opening_entry", "explanation"))


def finished_runs(program_id: str, *, subject: str, digest: str) -> QuerySet[ImportRun]:
    """Return the imports of this very file that were finished, newest first; a repeated one brought nothing itself."""
    done = ImportRun.objects.filter(program_id=program_id, subject=subject, digest=digest, state=RunState.DONE)
    return done.select_related("program").order_by("-id")


def pieces_of(program_id: str, *, customers: Collection[str]) -> list[ReturnedPiece]:
    """Return what these customers brought back, with the parts that are told."""
    rows = ReturnedPiece.objects.filter(program_id=program_id, customer_key__in=customers)
    return list(rows.prefetch_related("parts__conversion"))


def customers_with_pieces(program_id: str, *, among: Collection[str]) -> list[str]:
    """Return those of these customers who brought something back, sorted; nobody without a key."""
    rows = ReturnedPiece.objects.filter(program_id=program_id, customer_key__in=set(among) - {""})
    return sorted(rows.order_by().values_list("customer_key", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class WaitingPiece:
    """Pieces that came back and for which too few sales are known: `quantity` is what is left of them."""

    number: str
    product: str
    price: str
    customer_key: str
    quantity: Decimal


def customers_who_wait() -> list[tuple[str, str]]:
    """Return the programs and customers for whose returns too few sales are known."""
    left = F("quantity") - Coalesce(Sum("parts__quantity"), Decimal())
    rows = ReturnedPiece.objects.exclude(customer_key="").annotate(left=left).filter(left__gt=0)
    return sorted(set(rows.values_list("program_id", "customer_key")))


def waiting_pieces(program_id: str, *, numbers: Collection[str] | None = None) -> list[WaitingPiece]:
    """Return the pieces that wait for a sale, oldest first; of these returns only if `numbers` are given."""
    rows = ReturnedPiece.objects.filter(program_id=program_id)
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    left = F("quantity") - Coalesce(Sum("parts__quantity"), Decimal())
    told = rows.annotate(left=left).filter(left__gt=0).order_by("occurred_at", "id")
    return [WaitingPiece(*row) for row in told.values_list("number", "product", "price", "customer_key", "left")]


def sold_lines(program_id: str, *, kind: str, customers: Collection[str]) -> QuerySet[ConversionLine]:
    """Return the basket lines of these customers' orders of one kind, with their orders."""
    rows = ConversionLine.objects.filter(
        conversion__program_id=program_id, conversion__kind=kind, conversion__customer__key__in=customers
    )
    return rows.select_related("conversion__customer")


def known_orders(program_id: str, *, kind: str, numbers: Collection[str]) -> set[str]:
    """Return those of these order numbers that are known."""
    rows = Conversion.objects.filter(program_id=program_id, kind=kind, external_id__in=numbers)
    return set(rows.values_list("external_id", flat=True))


def waiting_of(program_id: str, *, external_ids: Collection[str]) -> dict[str, str]:
    """Return those of these corrections that wait for their sale, each with the number of that sale."""
    rows = Correction.objects.filter(program_id=program_id, external_id__in=external_ids, conversion__isnull=True)
    return dict(rows.values_list("external_id", "of_external_id"))


def bindings_told(program_id: str, *, customers: Collection[str]) -> dict[tuple[str, datetime], str]:
    """Return to which agreement these customers are bound, by customer and moment."""
    rows = Binding.objects.filter(program_id=program_id, customer__key__in=customers)
    return {(key, at): agreement for key, at, agreement in rows.values_list("customer__key", "from_at", "agreement_id")}


def expired_runs(*, before: datetime) -> QuerySet[ImportRun]:
    """Return the imports whose files are still kept although they were uploaded before a moment."""
    return ImportRun.objects.filter(uploaded_at__lt=before, file_removed_at__isnull=True).exclude(
        state=RunState.RUNNING
    )
