"""API keys: made once, shown once, revoked for good."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from rapport.apps.identity.digests import digest_of
from rapport.apps.identity.inputs import KeyInput
from rapport.apps.identity.models import ApiKey
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id, random_token

MARK = "rk_live_"
SECRET_BYTES = 32
SHOWN = len(MARK) + 4


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with its secret, which stands nowhere else."""

    key: ApiKey
    secret: str


def make_key(*, organisation_id: str, given: KeyInput, by: Actor, at: datetime) -> IssuedKey:
    """Make an API key for programs of a workspace; its secret is returned this once."""
    secret = f"{MARK}{random_token(SECRET_BYTES)}"
    with transaction():
        key = ApiKey.objects.create(
            id=new_id("key", at=at),
            organisation_id=organisation_id,
            name=given.name,
            prefix=secret[:SHOWN],
            secret_digest=digest_of(secret),
            scopes=sorted(set(given.scopes)),
            created_at=at,
        )
        _told(key, action="key.made", by=by, at=at)
    return IssuedKey(key, secret)


def revoke_key(*, key_id: str, by: Actor, at: datetime) -> ApiKey:
    """Let a key open nothing any more."""
    with transaction():
        key = ApiKey.objects.select_for_update().get(pk=key_id)
        if key.revoked_at is None:
            key.revoked_at = at
            key.save(update_fields=["revoked_at"])
            _told(key, action="key.revoked", by=by, at=at)
    return key


def note_key_use(*, key: ApiKey, on: date) -> None:
    """Note the day on which a key was last used; costs a write on the first use of a day only."""
    if key.last_used_on is None or key.last_used_on < on:
        with transaction():
            ApiKey.objects.filter(Q(last_used_on__isnull=True) | Q(last_used_on__lt=on), pk=key.pk).update(
                last_used_on=on
            )


def _told(key: ApiKey, *, action: str, by: Actor, at: datetime) -> None:
    audit(
        by=by, at=at, action=action, subject=key.id, workspace_id=key.organisation_id, data={"scopes": list(key.scopes)}
    )
