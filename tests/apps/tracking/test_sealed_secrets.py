"""What signs click ids and postbacks lies sealed in the tables, also what was written before."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from pytest_django import Settings

from rapport.apps.record.errors import Unreadable
from rapport.apps.tracking.actions import ensure_click_key
from rapport.apps.tracking.keys import key_of, secret_of
from rapport.apps.tracking.models import ClickKey, PostbackSecret
from rapport.apps.tracking.queries import click_keys
from rapport.kit.vault import new_key
from tests.make.identity import NOON, STORY
from tests.make.road import make_program
from tests.support.databases import FreshDatabase


@pytest.mark.django_db
def test_a_key_of_click_ids_is_sealed_and_signs() -> None:
    row = ensure_click_key(by=STORY, at=NOON)
    assert row.secret.startswith("sealed.")
    assert (len(key_of(row).secret), click_keys()) == (32, {row.number: key_of(row)})


@pytest.mark.django_db
def test_without_the_vaults_key_no_click_id_is_called_forged(settings: Settings) -> None:
    ensure_click_key(by=STORY, at=NOON)
    settings.VAULT_KEYS = str(new_key())
    with pytest.raises(Unreadable, match="Bring back secrets/vault_keys"):
        click_keys()


def the_past(*, until: str) -> StateApps:
    executor = MigrationExecutor(connection)
    executor.migrate([("tracking", until)])
    return executor.loader.project_state([("tracking", until)]).apps


def test_secrets_written_before_are_sealed(fresh_database: FreshDatabase) -> None:
    program = make_program()
    past = the_past(until="0002_link_aliases")
    past.get_model("tracking", "ClickKey").objects.create(number=1, secret=b"k" * 32, created_at=NOON)
    secrets = past.get_model("tracking", "PostbackSecret").objects
    told = {"program_id": program.id, "prefix": "p", "created_at": NOON}
    secrets.create(id="pbs_1", way="hmac", digest="1", secret=b"s" * 32, **told)
    secrets.create(id="pbs_2", way="token", digest="2", **told)

    the_past(until="0003_sealed_secrets")
    assert key_of(ClickKey.objects.get()).secret == b"k" * 32
    assert [secret_of(row) for row in PostbackSecret.objects.order_by("id")] == [b"s" * 32, b""]
    assert "sealed." in PostbackSecret.objects.get(pk="pbs_1").secret
