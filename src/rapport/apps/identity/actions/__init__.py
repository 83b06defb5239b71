"""Write identity: organisations and their people, invitations, API keys."""

from rapport.apps.identity.actions.invitations import (
    IssuedInvitation,
    accept_invitation,
    invite_partner_person,
    invite_teammate,
    issue_first_owner_invitation,
    note_opened,
    revoke_invitation,
    start_workspace,
)
from rapport.apps.identity.actions.keys import IssuedKey, make_key, note_key_use, revoke_key
from rapport.apps.identity.actions.people import (
    add_member,
    change_organisation,
    change_person,
    change_role,
    create_organisation,
    create_person,
    disable_person,
    end_membership,
    note_sign_in,
    set_password,
)
from rapport.apps.identity.actions.sessions import forget_ended_sessions

__all__ = [
    "IssuedInvitation",
    "IssuedKey",
    "accept_invitation",
    "add_member",
    "change_organisation",
    "change_person",
    "change_role",
    "create_organisation",
    "create_person",
    "disable_person",
    "end_membership",
    "forget_ended_sessions",
    "invite_partner_person",
    "invite_teammate",
    "issue_first_owner_invitation",
    "make_key",
    "note_key_use",
    "note_opened",
    "note_sign_in",
    "revoke_invitation",
    "revoke_key",
    "set_password",
    "start_workspace",
]
