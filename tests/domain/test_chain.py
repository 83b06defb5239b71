"""The chain seals every field of every entry, in the bytes that its description promises."""

import hashlib
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from rapport.domain.chain import GENESIS, SealedEntry, SealedPosting, entry_digest

POSTING = SealedPosting("expense", "", "accrued", "agr_1", "EUR", 1250, "com_1")
ENTRY = SealedEntry(
    book_id="bok_1",
    number=7,
    id="ent_1",
    kind="judged",
    booked_at=datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
    subject="com_1",
    reason="sale",
    actor_kind="system",
    actor_id="intake",
    mirrors_id="",
    postings=(POSTING,),
)


def test_the_sealed_bytes_are_those_of_the_description() -> None:
    lines = f"""rapport entry 1
{GENESIS}
bok_1
7
ent_1
judged
2026-01-31T09:30:00.000000+00:00
com_1
sale
system
intake

expense

accrued
agr_1
EUR
1250
com_1"""
    assert entry_digest(GENESIS, ENTRY) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_same_moment_in_another_zone_has_the_same_seal() -> None:
    elsewhere = ENTRY.booked_at.astimezone(timezone(timedelta(hours=3)))
    assert entry_digest(GENESIS, ENTRY._replace(booked_at=elsewhere)) == entry_digest(GENESIS, ENTRY)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_machine_in_another_zone_makes_the_same_seal(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seal = entry_digest(GENESIS, ENTRY)
    with monkeypatch.context() as machine:
        machine.setenv("TZ", zone)
        time.tzset()
        seal_elsewhere = entry_digest(GENESIS, ENTRY)
    time.tzset()
    assert seal_elsewhere == seal


def test_a_change_of_any_field_changes_the_seal() -> None:
    changes: dict[str, Any] = {
        "number": 8,
        "booked_at": ENTRY.booked_at + timedelta(microseconds=1),
        "postings": (POSTING, POSTING),
    }
    seals = {
        entry_digest(GENESIS, ENTRY._replace(**{name: changes.get(name, "other")})) for name in SealedEntry._fields
    }
    amounts: dict[str, Any] = {"amount_minor": 1251}
    seals |= {
        entry_digest(GENESIS, ENTRY._replace(postings=(POSTING._replace(**{name: amounts.get(name, "other")}),)))
        for name in SealedPosting._fields
    }
    seals |= {entry_digest(GENESIS, ENTRY), entry_digest("1" * 64, ENTRY)}
    assert len(seals) == len(SealedEntry._fields) + len(SealedPosting._fields) + 2


def test_a_line_feed_cannot_be_smuggled_into_a_seal() -> None:
    with pytest.raises(ValueError, match="line feed"):
        entry_digest(GENESIS, ENTRY._replace(reason="sale\nsystem"))
