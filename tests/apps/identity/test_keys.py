"""API keys."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from rapport.apps.identity.actions import note_key_use, revoke_key
from rapport.apps.identity.inputs import KeyInput
from rapport.apps.identity.models import ApiKey
from rapport.apps.identity.queries import actor_of_key, key_of, keys_of
from rapport.apps.identity.rights import KeyScope
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from tests.make.identity import NOON, STORY, make_api_key, make_organisation

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_kept_as_a_digest() -> None:
    issued = make_api_key(make_organisation())
    assert issued.secret.startswith("rk_live_")
    assert len(issued.secret) == len("rk_live_") + 43
    assert issued.secret not in str(list(ApiKey.objects.values()))
    assert issued.secret.startswith(issued.key.prefix)
    assert str(issued.key) == f"Shop {issued.key.prefix}…"


def test_a_key_is_found_by_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    issued = make_api_key(make_organisation())
    with django_assert_num_queries(1):
        actor = actor_of_key(issued.secret)
    assert actor is not None
    assert str(actor) == f"key:{issued.key.id}"


@pytest.mark.parametrize("secret", ["", "rk_live_", "rk_live_unknown", "x" * 10_000, "rk_live_\x00"])
def test_an_unknown_key_is_nobody(secret: str) -> None:
    make_api_key(make_organisation())
    assert actor_of_key(secret) is None


def test_a_revoked_key_is_nobody_from_the_next_request_on() -> None:
    issued = make_api_key(make_organisation())
    for _ in range(2):
        revoke_key(key_id=issued.key.id, by=STORY, at=NOON)
    assert actor_of_key(issued.secret) is None
    assert AuditRow.objects.filter(subject=issued.key.id).count() == 2


def test_the_day_of_last_use_is_written_once_a_day(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    secret = make_api_key(make_organisation()).secret
    today = NOON.date()
    note_key_use(key=living(secret), on=today)
    used = living(secret)
    with django_assert_num_queries(0):
        note_key_use(key=used, on=today)
    note_key_use(key=living(secret), on=today + timedelta(1))
    note_key_use(key=living(secret), on=today)
    assert living(secret).last_used_on == today + timedelta(1)


def test_living_keys_are_listed_first() -> None:
    organisation = make_organisation()
    old, new = make_api_key(organisation, name="old"), make_api_key(organisation, name="new")
    revoke_key(key_id=new.key.id, by=STORY, at=NOON)
    assert [key.name for key in keys_of(organisation.id)] == ["old", "new"]
    assert old.key in keys_of(organisation.id)


@pytest.mark.parametrize("scopes", [(), ("everything",), ("read", "owner")])
def test_a_key_is_made_for_known_scopes(scopes: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(KeyInput, {"name": "Shop", "scopes": scopes})
    assert all(field.startswith("scopes") for field in refused.value.fields)


def test_a_scope_named_twice_counts_once() -> None:
    issued = make_api_key(make_organisation(), KeyScope.READ, KeyScope.READ, KeyScope.CONVERSIONS_WRITE)
    assert issued.key.scopes == ["conversions:write", "read"]


def living(secret: str) -> ApiKey:
    key = key_of(secret)
    assert key is not None
    return key
