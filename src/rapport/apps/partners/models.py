"""Tables of partners: applications, partners, agreements with offers, acceptances and suspensions, introductions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.models import Organisation
from rapport.apps.programs.models import Program, TermsVersion


class Segment(models.TextChoices):
    """What a partner does."""

    STORE_OWNER = "store_owner", _("Store owner")
    BLOGGER = "blogger", _("Blogger")
    SEARCH = "search", _("Search")
    NICHE = "niche", _("Niche site")
    COUPON = "coupon", _("Coupon site")
    LOYALTY = "loyalty", _("Loyalty or cashback")
    INFLUENCER = "influencer", _("Influencer")
    AGENCY = "agency", _("Agency")
    COMPANY = "company", _("Company")


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    RECEIVED = "received", _("Received")
    QUESTIONS = "questions", _("Question asked")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class DeclineCode(models.TextChoices):
    """The fixed reasons for declining an application."""

    NO_FIT = "no_fit", _("The audience does not fit the program")
    INCOMPLETE = "incomplete", _("The application is incomplete")
    SITE_UNREACHABLE = "site_unreachable", _("The site cannot be reached")
    METHOD_NOT_ALLOWED = "method_not_allowed", _("The way of promoting is not allowed here")
    DUPLICATE = "duplicate", _("There is an agreement already")
    OTHER = "other", _("Another reason")


class Partner(models.Model):
    """An organisation that promotes or sells for a workspace."""

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    workspace = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    segment = models.CharField(max_length=16, choices=Segment)
    created_at = models.DateTimeField()

    workspace_path = "workspace_id"
    partner_path = "organisation_id"

    class Meta:
        """An organisation is one partner of a workspace."""

        constraints = (models.UniqueConstraint(fields=("workspace", "organisation"), name="partner_once"),)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class AgreementState(models.TextChoices):
    """Where an agreement stands."""

    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class Agreement(models.Model):
    """One partner in one program; its acceptances say from when which version of terms binds it."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    state = models.CharField(max_length=10, choices=AgreementState)
    active_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_for_breach = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    workspace_path = "program__workspace_id"
    partner_path = "partner__organisation_id"

    class Meta:
        """A partner has one living agreement in a program; one that has ended stays beside its successor."""

        constraints = (
            models.UniqueConstraint(
                fields=("program", "partner"), condition=~models.Q(state="ended"), name="agreement_once"
            ),
        )

    def __str__(self) -> str:
        """Return its public id."""
        return self.id


class Suspension(models.Model):
    """A stretch of time in which clicks lead on and conversions are held."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="suspensions")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=250)

    def __str__(self) -> str:
        """Say whose it is."""
        return f"{self.agreement_id} from {self.from_at:%Y-%m-%d}"


class Acceptance(models.Model):
    """From this moment this version binds this agreement: the sentence as it was read, its language and digest."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    sentence = models.TextField()
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    class Meta:
        """A version is accepted once, and from one moment on one version binds."""

        constraints = (
            models.UniqueConstraint(fields=("agreement", "version"), name="version_accepted_once"),
            models.UniqueConstraint(fields=("agreement", "from_at"), name="one_version_from_a_moment"),
        )

    def __str__(self) -> str:
        """Say what was accepted."""
        return f"{self.agreement_id} {self.version_id}"


class TermsOffer(models.Model):
    """A version of terms that is offered to this agreement by name, from this moment on; the newest one stands.

    Until the first acceptance an agreement earns by what it was offered, and all of that is held.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="offers")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    class Meta:
        """A version is offered once."""

        constraints = (models.UniqueConstraint(fields=("agreement", "version"), name="version_offered_once"),)

    def __str__(self) -> str:
        """Say what is offered to whom."""
        return f"{self.version_id} to {self.agreement_id}"


class Introduction(models.Model):
    """Whom to write to about an agreement that nobody applied for, in which language, and what brought it along."""

    agreement = models.OneToOneField(Agreement, primary_key=True, on_delete=models.PROTECT, related_name="introduction")
    name = models.CharField(max_length=120)
    email = models.EmailField(db_index=True)
    language = models.CharField(max_length=8, default="en")
    brought_by = models.CharField(max_length=32)
    created_at = models.DateTimeField()

    workspace_path = "agreement__program__workspace_id"

    def __str__(self) -> str:
        """Say who it is."""
        return f"{self.name} of {self.agreement_id}"


class Application(models.Model):
    """Somebody asks to join a program, on the terms shown."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=10, choices=ApplicationState)
    name = models.CharField(max_length=120)
    organisation_name = models.CharField(max_length=120)
    email = models.EmailField()
    website = models.URLField(max_length=500, blank=True)
    segment = models.CharField(max_length=16, choices=Segment)
    promotion = models.TextField()
    language = models.CharField(max_length=8, default="en")
    sentence = models.TextField()
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decline_code = models.CharField(max_length=20, choices=DeclineCode, blank=True)
    decline_reason = models.TextField(blank=True)
    secret_digest = models.CharField(max_length=64, unique=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """Read by program and state."""

        indexes = (models.Index(fields=("program", "state", "id"), name="application_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=("program", "email"),
                condition=models.Q(state__in=("received", "questions")),
                name="one_open_application",
            ),
        )

    def __str__(self) -> str:
        """Say who applies."""
        return self.organisation_name


class ApplicationAddress(models.Model):
    """An address of an application's thread that a later mail carried; those of earlier mails stay open."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="addresses")
    secret_digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        """Say whose it is."""
        return self.application_id


class ApprovalRules(models.Model):
    """Which applicants a program lets in without a person, and within how many days all others have an answer.

    Whoever is flagged waits for a person all the same.
    """

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="+")
    verified_site = models.BooleanField(default=False)
    verified_profile = models.BooleanField(default=False)
    known_customer = models.BooleanField(default=False)
    answer_days = models.PositiveSmallIntegerField(default=1)
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Say whose they are."""
        return f"approval rules of {self.program_id}"


class ProofWay(models.TextChoices):
    """How an applicant shows that a site or profile is theirs."""

    TXT = "txt", _("TXT record of the domain")
    FILE = "file", _("File on the site")
    META = "meta", _("Meta tag on the page")
    PROFILE = "profile", _("Text of the profile")


class SiteProof(models.Model):
    """The code by which an applicant proves the site or profile named in the application, and how that went.

    The code is no secret: whoever can put it there has shown what was asked.
    """

    application = models.OneToOneField(Application, primary_key=True, on_delete=models.CASCADE, related_name="proof")
    code = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=250, blank=True)
    proven_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=8, choices=ProofWay, blank=True)

    workspace_path = "application__program__workspace_id"

    def __str__(self) -> str:
        """Say whose it is."""
        return f"proof of {self.application_id}"
