"""Tables of imports: how files are read, how far each run is, partners brought along, returns that name no order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.conversions.models import Conversion
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program


class Subject(models.TextChoices):
    """What a file tells."""

    ORDERS = "orders", _("Orders")
    BINDINGS = "bindings", _("Partners of customers and codes")
    PARTNERS = "partners", _("Partners, to be invited")
    VALIDATIONS = "validations", _("Decisions about orders")


class Profile(models.Model):
    """How one kind of file of a program is read, under a name."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=12, choices=Subject)
    name = models.CharField(max_length=80)
    layout = models.JSONField()
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    class Meta:
        """A name stands for one layout."""

        constraints = (models.UniqueConstraint(fields=("program", "subject", "name"), name="profile_name"),)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class RunState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("Columns to choose")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Refused")


class ImportRun(models.Model):
    """One file on its way in: what it is, how it is read, how far it came, and what became of its lines.

    `phase` and `position` move in the transaction that takes the lines before them, so that a killed run goes on where
    it was. `figures` are the counts of the dry run and, at the end, of the import.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=12, choices=Subject)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.UPLOADED)
    file_name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    folder = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=1000)
    layout = models.JSONField(default=dict)
    phase = models.CharField(max_length=12, blank=True)
    position = models.BigIntegerField(default=0)
    at_key = models.CharField(max_length=128, blank=True)
    figures = models.JSONField(default=dict)
    reason = models.CharField(max_length=1000, blank=True)
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    file_removed_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    class Meta:
        """Read by program, newest first."""

        indexes = (models.Index(fields=("program", "id"), name="import_program"),)

    def __str__(self) -> str:
        """Return the name of its file."""
        return self.file_name


class LineFate(models.TextChoices):
    """What became of a line about a partner."""

    ACCEPTED = "accepted", _("Accepted")
    MERGED = "merged", _("Merged")


class BroughtLine(models.Model):
    """One line of a file of partners: whose agreement it is, and what the line brought that can be undone.

    `made` says that the agreement began with this line. `opening_entry` is the entry of its opening balance, explained
    by `explanation`.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="brought")
    line = models.PositiveIntegerField()
    fate = models.CharField(max_length=8, choices=LineFate)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    made = models.BooleanField(default=False)
    opening_entry = models.CharField(max_length=32, blank=True)
    explanation = models.CharField(max_length=250, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "run__program__workspace_id"

    class Meta:
        """A line is brought once; read by agreement and by entry."""

        constraints = (models.UniqueConstraint(fields=("run", "line"), name="line_brought_once"),)
        indexes = (models.Index(fields=("opening_entry",), name="brought_opening"),)

    def __str__(self) -> str:
        """Say whose it is."""
        return f"line {self.line} of {self.run_id}: {self.agreement_id}"


class Verdict(models.TextChoices):
    """What a line of a file of validations says about an order."""

    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")
    AMEND = "amend", _("New amount")


class ValidationLine(models.Model):
    """One decision of a file that somebody confirmed: about which order, what, and what became of it.

    `total_minor` is a new amount of the order in its currency, which an approval may bring along. `outcome` says why it
    was refused; empty once `done_at` is set, it was done.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="validations")
    line = models.PositiveIntegerField()
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict)
    total_minor = models.BigIntegerField(null=True, blank=True)
    decline_code = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "run__program__workspace_id"

    class Meta:
        """A line is decided once."""

        constraints = (models.UniqueConstraint(fields=("run", "line"), name="line_validated_once"),)

    def __str__(self) -> str:
        """Say what it decides."""
        return f"{self.verdict} {self.conversion_id}"


class ReturnedPiece(models.Model):
    """Pieces of one product that a customer brought back without saying of which order; told again, they are the same.

    Of two tellings the larger quantity and the earlier moment stand, whichever came first.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=120)
    customer_key = models.CharField(max_length=128, blank=True)
    product = models.CharField(max_length=128)
    price = models.CharField(max_length=40)
    kind = models.CharField(max_length=32)
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    amount_minor = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    told_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    class Meta:
        """A piece is known by its number, product and price; pieces are matched by customer."""

        constraints = (models.UniqueConstraint(fields=("program", "number", "product", "price"), name="returned_once"),)
        indexes = (models.Index(fields=("program", "customer_key"), name="returned_customer"),)

    def __str__(self) -> str:
        """Say what came back."""
        return f"{self.quantity} of {self.product}, {self.number}"


class ReturnedPart(models.Model):
    """So much of a returned piece was told as a correction of this order; `told` counts the corrections for it."""

    id = models.BigAutoField(primary_key=True)
    piece = models.ForeignKey(ReturnedPiece, on_delete=models.PROTECT, related_name="parts")
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    amount_minor = models.BigIntegerField()
    told = models.PositiveIntegerField(default=0)

    class Meta:
        """One amount for each piece and order."""

        constraints = (models.UniqueConstraint(fields=("piece", "conversion"), name="returned_part_once"),)

    def __str__(self) -> str:
        """Say what belongs to which order."""
        return f"{self.quantity} of {self.piece_id} to {self.conversion_id}"
