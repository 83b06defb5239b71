"""Read outages, trials and watches."""

from datetime import datetime

from django.db.models import Q, QuerySet

from rapport.apps.outages.models import Outage, OutageKind, Trial, Watch


def outages_of(program_id: str) -> QuerySet[Outage]:
    """Return the outages of a program, newest first."""
    return Outage.objects.filter(program_id=program_id).select_related("program").order_by("-began_at", "-id")


def outages_of_installation() -> QuerySet[Outage]:
    """Return the outages that concern every program, newest first."""
    return Outage.objects.filter(scope="").order_by("-began_at", "-id")


def open_outages(scope: str | None = None) -> QuerySet[Outage]:
    """Return what is out of order now: everywhere, or in one program, or (empty) in the installation."""
    rows = Outage.objects.filter(ended_at__isnull=True).select_related("program").order_by("began_at", "id")
    return rows if scope is None else rows.filter(scope=scope)


def has_other_news(outage: Outage, *, since: datetime) -> bool:
    """Say whether another outage of the same kind and program was noticed or ended since a moment."""
    others = Outage.objects.filter(scope=outage.scope, kind=outage.kind).exclude(pk=outage.pk)
    return others.filter(Q(noticed_at__gt=since) | Q(ended_at__gt=since)).exists()


def all_outages() -> QuerySet[Outage]:
    """Return the outages of every program."""
    return Outage.objects.select_related("program")


def outages_between(
    scope: str, *, kind: OutageKind, subject: str, from_at: datetime, until_at: datetime
) -> QuerySet[Outage]:
    """Return the outages of one thing that overlap a time."""
    rows = Outage.objects.filter(scope=scope, kind=kind, subject=subject, began_at__lt=until_at)
    return rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=from_at))


def trials_of(program_id: str) -> QuerySet[Trial]:
    """Return the trials of a program, newest first."""
    return Trial.objects.filter(program_id=program_id).order_by("-id")


def receipts_of_monitor(program_id: str) -> QuerySet[Trial, str]:
    """Return the ids of the receipts that the monitor's own test orders got."""
    sent = Trial.objects.filter(program_id=program_id, by_monitor=True).exclude(order_receipt="")
    return sent.values_list("order_receipt", flat=True)


def all_trials() -> QuerySet[Trial]:
    """Return the trials of every program."""
    return Trial.objects.select_related("program")


def trials_on_their_way(*, since: datetime) -> QuerySet[Trial]:
    """Return the trials whose order was acknowledged and was not seen yet."""
    rows = Trial.objects.filter(arrived_at__isnull=True, sent_at__gte=since).exclude(order_receipt="")
    return rows.select_related("program").order_by("id")


def watch(name: str) -> Watch | None:
    """Return what is known of the last look, nothing before the first."""
    return Watch.objects.filter(pk=name).first()
