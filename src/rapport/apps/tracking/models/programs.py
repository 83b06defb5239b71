"""Tables of programs' tracking: tags, postback secrets, names of their own; and the link book with its keys."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.programs.models import Program
from rapport.apps.record.vault import SealedField


class ProgramTags(models.Model):
    """What every destination of a program's links says of where the visit came from, with macros; empty: nothing."""

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="+")
    utm_source = models.CharField(max_length=200, blank=True)
    utm_medium = models.CharField(max_length=200, blank=True)
    utm_campaign = models.CharField(max_length=200, blank=True)
    utm_term = models.CharField(max_length=200, blank=True)
    utm_content = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Say whose they are."""
        return f"tags of {self.program_id}"


class ClickKey(models.Model):
    """A secret that signs click ids, sealed; old keys verify for ever."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    secret = SealedField()
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return its number; never its secret."""
        return f"key {self.number}"


class PostbackWay(models.TextChoices):
    """How a postback proves that it comes from the merchant."""

    TOKEN = "token", _("Token in the address")
    HMAC = "hmac", _("Signature (Standard Webhooks)")


class PostbackSecret(models.Model):
    """What a merchant's server proves itself with: a token kept as a digest, or a signing secret, sealed."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=PostbackWay)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    secret = SealedField(blank=True, default="")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Show what may be shown of it."""
        return f"{self.way} {self.prefix}…"


class DomainState(models.TextChoices):
    """Whether a name is known to belong to the program that uses it."""

    WAITING = "waiting", _("Waiting for its proof")
    PROVEN = "proven", _("Proven")
    LOST = "lost", _("Proof lost")
    REMOVED = "removed", _("Removed")


class TrackingDomain(models.Model):
    """A name of a merchant's own under which links of its program lead on, once a TXT record proves that it is his.

    `asked_at` is when its record was last asked for, `seen_at` when it was last there; a name has one owner at a time.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=253)
    token = models.CharField(max_length=43)
    state = models.CharField(max_length=8, choices=DomainState, default=DomainState.WAITING)
    in_links = models.BooleanField(default=False)
    problem = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """A name stands once in a program, and is proven for one program alone; links show one name."""

        constraints = (
            models.UniqueConstraint(
                fields=("program", "name"), condition=~models.Q(state="removed"), name="domain_once"
            ),
            models.UniqueConstraint(fields=("name",), condition=models.Q(state="proven"), name="domain_owner"),
            models.UniqueConstraint(fields=("program",), condition=models.Q(in_links=True), name="domain_in_links"),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def record_name(self) -> str:
        """Where the proof stands in the domain's records."""
        return f"_rapport.{self.name}"

    @property
    def record_text(self) -> str:
        """What stands there."""
        return f"rapport-proof={self.token}"


class BookPublication(models.Model):
    """How far the announcements of changes have been taken over into the link book; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    upto = models.BigIntegerField(default=0)
    recent = models.JSONField(default=list)
    version = models.BigIntegerField(default=0)
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        """Say which version the edge has."""
        return f"link book {self.version}"
