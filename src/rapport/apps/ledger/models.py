"""Tables of the ledger: books, their accounts, entries and postings; rows are only ever added.

The guards in `guards/` hold this in the database itself. Subjects, owners and memos are public ids of other apps.
"""

from django.db import models
from django.db.models import F, Q

from rapport.domain.books import AccountKind, AccountName
from rapport.domain.chain import GENESIS


class Book(models.Model):
    """One program's book: the head of its chain. Its row is the lock that keeps the chain in order."""

    id = models.CharField(primary_key=True, max_length=32)
    subject = models.CharField(max_length=32, unique=True)
    currency = models.CharField(max_length=3)
    entries_count = models.BigIntegerField(default=0)
    head_digest = models.CharField(max_length=64, default=GENESIS)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        """Say whose book it is."""
        return f"book of {self.subject}"


class LedgerAccount(models.Model):
    """Where money sits: one kind, one owner ("" for the program itself), one currency. Never changed."""

    id = models.CharField(primary_key=True, max_length=32)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    kind = models.CharField(max_length=16)
    owner = models.CharField(max_length=32, blank=True)
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()

    class Meta:
        """An account is what it is only once; read by owner."""

        db_table = "ledger_account"
        constraints = (
            models.UniqueConstraint(fields=("book", "kind", "owner", "currency"), name="one_account_of_a_kind"),
        )
        indexes = (models.Index(fields=("owner", "kind"), name="account_owner"),)

    def __str__(self) -> str:
        """Say what it is."""
        return str(self.name)

    @property
    def name(self) -> AccountName:
        """Return what the account is, as the rules name it."""
        return AccountName(AccountKind(self.kind), self.owner, self.currency)


class Entry(models.Model):
    """One fact in the books, sealed into the chain. Stored after its postings and never changed."""

    id = models.CharField(primary_key=True, max_length=32)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="entries", db_index=False)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    booked_at = models.DateTimeField()
    subject = models.CharField(max_length=32)
    reason = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    mirrors = models.OneToOneField("self", on_delete=models.PROTECT, related_name="mirrored_by", null=True, blank=True)
    postings_count = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        """Numbers count up in a book; read by subject."""

        constraints = (models.UniqueConstraint(fields=("book", "number"), name="entry_number"),)
        indexes = (models.Index(fields=("subject", "number"), name="entry_subject"),)

    def __str__(self) -> str:
        """Say what it records."""
        return f"{self.book_id} #{self.number} {self.kind} {self.subject}"


class Posting(models.Model):
    """One movement of a positive amount. Stored before its entry, which the guards take as its closing."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    position = models.PositiveSmallIntegerField()
    source = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    memo = models.CharField(max_length=32)

    class Meta:
        """Positive and between two accounts; indexes carry the amounts, so that balances are read from them alone."""

        constraints = (
            models.UniqueConstraint(fields=("entry", "position"), name="posting_position"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="posting_is_positive"),
            models.CheckConstraint(condition=~Q(source=F("destination")), name="posting_moves"),
        )
        indexes = (
            models.Index(fields=("source", "amount_minor"), name="posting_source"),
            models.Index(fields=("destination", "amount_minor"), name="posting_destination"),
            models.Index(fields=("memo",), name="posting_memo"),
        )

    def __str__(self) -> str:
        """Say what it moves."""
        return f"{self.amount_minor} {self.currency} for {self.memo}"
