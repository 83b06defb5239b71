"""Every account and every entry has a name that people can read."""

from rapport.apps.ledger.labels import ACCOUNT_LABELS, ENTRY_LABELS
from rapport.domain.books import AccountKind, EntryKind


def test_every_kind_has_its_own_label() -> None:
    assert set(ACCOUNT_LABELS) == set(AccountKind)
    assert set(ENTRY_LABELS) == set(EntryKind)
    assert len({str(label) for label in ACCOUNT_LABELS.values()}) == len(AccountKind)
    assert len({str(label) for label in ENTRY_LABELS.values()}) == len(EntryKind)
