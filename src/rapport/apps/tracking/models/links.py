"""Tables of links: what they are, when they lead on and how often, their old addresses, and coupons."""

from datetime import datetime

from django.db import models

from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.domain.caps import Cap

NOT_COUNTED = -1
"""Lies before every segment of the journal: whoever counts looks again."""


class Link(models.Model):
    """A tracked address of one agreement; never deleted, never moved to another."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(unique=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120, blank=True)
    destination = models.URLField(max_length=2000)
    placement = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=64, blank=True)
    subs = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    workspace_path = "agreement__program__workspace_id"
    partner_path = "agreement__partner__organisation_id"

    class Meta:
        """Read by agreement."""

        indexes = (models.Index(fields=("agreement", "id"), name="link_agreement"),)

    def __str__(self) -> str:
        """Return its code."""
        return self.code


class LinkLimits(models.Model):
    """When a link leads on, and where to outside that time; a link without a row leads on for good.

    They may change, the link's own row does not: links are sealed, and clicks long gone were judged by it.
    """

    link = models.OneToOneField(Link, primary_key=True, on_delete=models.PROTECT, related_name="limits")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    fallback_url = models.URLField(max_length=2000, blank=True)
    changed_at = models.DateTimeField()

    workspace_path = "link__agreement__program__workspace_id"

    def __str__(self) -> str:
        """Say whose limits they are."""
        return f"limits of {self.link_id}"


class LinkCap(models.Model):
    """How many clicks a link may hand out, as the program says and as its partner says; what was counted of them.

    The tighter of both holds. Clicks before `counted_from` are in `settled` and not asked for again; `counted_upto` is
    the segment of the journal up to which the lake was asked. The counts are seconds old, the moment of `full_until`
    is exact: at a day's end the edge opens the link by itself.
    """

    link = models.OneToOneField(Link, primary_key=True, on_delete=models.PROTECT, related_name="cap")
    per_day = models.PositiveIntegerField(null=True, blank=True)
    in_total = models.PositiveIntegerField(null=True, blank=True)
    own_per_day = models.PositiveIntegerField(null=True, blank=True)
    own_in_total = models.PositiveIntegerField(null=True, blank=True)
    counted_from = models.DateTimeField()
    settled = models.PositiveBigIntegerField(default=0)
    clicks_in_total = models.PositiveBigIntegerField(default=0)
    clicks_of_day = models.PositiveBigIntegerField(default=0)
    day = models.DateField(null=True, blank=True)
    counted_upto = models.BigIntegerField(default=NOT_COUNTED)
    full_until = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    workspace_path = "link__agreement__program__workspace_id"

    def __str__(self) -> str:
        """Say whose cap it is."""
        return f"cap of {self.link_id}"

    @property
    def by_program(self) -> Cap:
        """What the program says."""
        return Cap(self.per_day, self.in_total)

    @property
    def by_partner(self) -> Cap:
        """What the partner says."""
        return Cap(self.own_per_day, self.own_in_total)

    @property
    def in_force(self) -> Cap:
        """What holds."""
        return self.by_program.within(self.by_partner)

    def is_full(self, at: datetime) -> bool:
        """Say whether the link leads to its fallback because of it."""
        return self.full_until is not None and self.full_until > at


class LinkAlias(models.Model):
    """An old address from another system that leads to a link: a path or a parameter, on one host or on any.

    `place` is the host, or empty for every address at which this program is reached; see `wire.aliases`.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="aliases")
    place = models.CharField(max_length=253, blank=True)
    text = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """A living old address leads to one link; a host of its own belongs to one program."""

        constraints = (
            models.UniqueConstraint(
                fields=("program", "place", "text"), condition=models.Q(removed_at__isnull=True), name="alias_once"
            ),
            models.UniqueConstraint(
                fields=("place", "text"),
                condition=models.Q(removed_at__isnull=True) & ~models.Q(place=""),
                name="alias_once_on_a_host",
            ),
        )

    def __str__(self) -> str:
        """Return the old address."""
        return f"{self.place}{self.text}"


class Coupon(models.Model):
    """A code owned by one agreement: a tracked address without a click. Kept in upper case."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    workspace_path = "program__workspace_id"
    partner_path = "agreement__partner__organisation_id"

    class Meta:
        """A code belongs to one agreement of a program for ever."""

        constraints = (models.UniqueConstraint(fields=("program", "code"), name="coupon_code"),)

    def __str__(self) -> str:
        """Return its code."""
        return self.code
