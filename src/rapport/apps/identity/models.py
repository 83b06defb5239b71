"""Tables of identity: organisations, people, memberships, invitations, API keys."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is to an organisation."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    SALES = "sales", _("Sales")
    FINANCE = "finance", _("Finance")
    PARTNER = "partner", _("Partner")


class Organisation(models.Model):
    """A legal person or team; merchant in one program, partner in another."""

    id = models.CharField(primary_key=True, max_length=32)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True)
    website = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    workspace_path = "id"
    partner_path = "id"

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds people by mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find the person of a mail address."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody who signs in. The address is kept in lower case."""

    id = models.CharField(primary_key=True, max_length=32)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """Return the person's name."""
        return self.name


class Membership(models.Model):
    """A person's role in an organisation; ended memberships stay on record."""

    id = models.CharField(primary_key=True, max_length=32)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "organisation_id"

    class Meta:
        """A person holds one living role in an organisation."""

        constraints = (
            models.UniqueConstraint(
                fields=("person", "organisation"), condition=models.Q(ended_at__isnull=True), name="one_living_role"
            ),
        )

    def __str__(self) -> str:
        """Say who is what where."""
        return f"{self.person_id} {self.role} {self.organisation_id}"


class Invitation(models.Model):
    """A single-use address mailed to somebody, good for one role; only the digest of its secret is kept."""

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations", null=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, default="en")
    role = models.CharField(max_length=16, choices=Role)
    secret_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "organisation_id"

    class Meta:
        """An address has one open invitation to an organisation; a new one takes the place of the old."""

        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "email"),
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation",
            ),
        )

    def __str__(self) -> str:
        """Say for which role it is."""
        return f"{self.id} {self.role}"


class ApiKey(models.Model):
    """A key for programs; its secret is shown once and kept as a digest."""

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    secret_digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "organisation_id"

    def __str__(self) -> str:
        """Show what may be shown of it."""
        return f"{self.name} {self.prefix}…"
