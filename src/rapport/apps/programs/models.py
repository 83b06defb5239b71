"""Tables of programs: the offer and its terms, version by version."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.models import Organisation


class ProgramState(models.TextChoices):
    """Where a program stands."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


class Program(models.Model):
    """A public offer to partners, with its own terms, currency and time zone."""

    id = models.CharField(primary_key=True, max_length=32)
    workspace = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    state = models.CharField(max_length=8, choices=ProgramState, default=ProgramState.DRAFT)
    currency = models.CharField(max_length=3)
    zone = models.CharField(max_length=64)
    landing_url = models.URLField(max_length=2000)
    fallback_url = models.URLField(max_length=2000, blank=True)
    hosts = models.JSONField(default=list)
    parameter = models.CharField(max_length=32, default="rpid")
    pitch = models.TextField(blank=True)
    consent_required = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    workspace_path = "workspace_id"

    class Meta:
        """Read by workspace."""

        indexes = (models.Index(fields=("workspace", "id"), name="program_workspace"),)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class TermsDraft(models.Model):
    """The next version while it is being written; the only terms that may change."""

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="draft")
    document = models.JSONField()
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Say whose draft it is."""
        return f"draft of {self.program_id}"


class TermsVersion(models.Model):
    """One immutable, numbered version of everything a program promises, in force from a moment on."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    effective_at = models.DateTimeField()
    published_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    note = models.CharField(max_length=250, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """Numbers count up inside a program."""

        constraints = (models.UniqueConstraint(fields=("program", "number"), name="terms_number"),)

    def __str__(self) -> str:
        """Return the short name that people use."""
        return f"v{self.number}"


class OwnTerms(models.Model):
    """Says of a version of terms that it is offered to one agreement alone, which its public id names."""

    version = models.OneToOneField(TermsVersion, primary_key=True, on_delete=models.PROTECT, related_name="own")
    agreement_id = models.CharField(max_length=32, db_index=True)

    workspace_path = "version__program__workspace_id"

    def __str__(self) -> str:
        """Say whose they are."""
        return f"{self.version_id} for {self.agreement_id}"
