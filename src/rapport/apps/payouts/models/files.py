"""Tables of what goes out: where money comes from, files and calls, and what banks want to be written another way."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.payouts.models.methods import MethodKind
from rapport.apps.payouts.models.runs import Payout, PayoutRun
from rapport.apps.payouts.providers.ach.reasons import CORRECTIONS, change_words
from rapport.apps.programs.models import Program
from rapport.apps.record.vault import SealedField


class RailAccount(models.Model):
    """Where the money of a program comes from, rail by rail.

    A change is a new row; a file keeps the one that it was made with. `details` hold, sealed, the account or the
    credentials; `shown` is what everybody of finance may see of them.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=MethodKind)
    details = SealedField()
    shown = models.CharField(max_length=250)
    changed_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """One account of a program and rail is in use."""

        constraints = (
            models.UniqueConstraint(
                fields=("program", "kind"), condition=models.Q(replaced_at__isnull=True), name="one_account_in_use"
            ),
        )

    def __str__(self) -> str:
        """Show what may be shown of it."""
        return f"{self.get_kind_display()} {self.shown}"


class FileFormat(models.TextChoices):
    """What a bank or provider is given."""

    PLAIN = "csv", _("Plain list (CSV)")
    PAIN_001 = "pain001", _("SEPA file (pain.001.001.09)")
    NACHA = "nacha", _("NACHA file")
    PAYPAL_CALL = "paypal-call", _("Call of PayPal Payouts")
    PAYPAL_FILE = "paypal-csv", _("File for PayPal's pages (CSV)")
    WISE = "wise-csv", _("Batch file of Wise (CSV)")


class PayoutFile(models.Model):
    """One file or call of a run and rail: made again it has the same digest, or somebody changed something.

    A rail that takes so many payouts at once gets several, `part` by part. `number` counts those that the same account
    had on the same day, which some banks want to be told apart. Whatever else may change later and stands in the bytes
    is kept here: the day of execution, the account, the program's name.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="files")
    method_kind = models.CharField(max_length=8, choices=MethodKind)
    payouts_count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    part = models.PositiveSmallIntegerField(default=1)
    format = models.CharField(max_length=12, choices=FileFormat, default=FileFormat.PLAIN)
    account = models.ForeignKey(RailAccount, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    number = models.PositiveSmallIntegerField(default=0)
    execute_on = models.DateField(null=True, blank=True)
    program_name = models.CharField(max_length=120, blank=True)

    sealed_as = ("run_id", "place")

    class Meta:
        """A run and rail has each part once."""

        constraints = (models.UniqueConstraint(fields=("run", "method_kind", "part"), name="one_file_of_a_kind"),)

    def __str__(self) -> str:
        """Say which file it is."""
        return f"{self.run_id} {self.place}"

    @property
    def place(self) -> str:
        """Return which one of its run it is."""
        return self.method_kind if self.part == 1 else f"{self.method_kind}-{self.part}"


class CallState(models.TextChoices):
    """Where a call stands."""

    WAITING = "waiting", _("Waits for the worker")
    ASKED = "asked", _("On its way")
    TAKEN = "taken", _("Taken by the provider")
    REFUSED = "refused", _("Refused, nothing was paid")
    UNKNOWN = "unknown", _("Nobody knows whether it arrived")
    GIVEN_BACK = "given_back", _("Given back")


class RailCall(models.Model):
    """A file that goes out by itself, and how far it is. The provider knows it by `name` and never takes it twice.

    `unsure` is true once an attempt ended without an answer; `batch_id` is the provider's own name of it. It is looked
    at again at `look_at`, until it is known what became of everything in it.
    """

    file = models.OneToOneField(PayoutFile, primary_key=True, on_delete=models.PROTECT, related_name="call")
    name = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    unsure = models.BooleanField(default=False)
    batch_id = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=250, blank=True)
    first_asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)

    sealed_as = ("name",)
    sealed_but = ("file", "look_at")

    class Meta:
        """Read by when it is looked at, and by the provider's name."""

        indexes = (
            models.Index(fields=("look_at",), name="rail_call_look"),
            models.Index(fields=("batch_id",), name="rail_call_batch"),
        )

    def __str__(self) -> str:
        """Say which call it is."""
        return self.name


class ChangeNotice(models.Model):
    """What a bank wants to be written another way next time, sealed as it may hold an account number."""

    id = models.CharField(primary_key=True, max_length=32)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="notices")
    code = models.CharField(max_length=4)
    corrected = SealedField()
    shown = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()

    workspace_path = "payout__run__program__workspace_id"

    class Meta:
        """The same file twice brings it once."""

        constraints = (models.UniqueConstraint(fields=("payout", "code"), name="one_notice_of_a_code"),)

    def __str__(self) -> str:
        """Say what it is about."""
        return f"{self.code} {self.payout_id}"

    @property
    def words(self) -> str:
        """Say what the bank wants."""
        return change_words(self.code)

    @property
    def may_take_over(self) -> bool:
        """Say whether the method that it is about is still in use and the bank said what to write instead."""
        return self.code in CORRECTIONS and self.payout.method.replaced_at is None
