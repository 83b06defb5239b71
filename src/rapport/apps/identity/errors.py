"""Refusals of identity."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class NotFound(Refusal):
    """There is no such thing for this caller: missing and foreign look the same."""

    code = "not_found"

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__(_("There is nothing here, or not for you."))


class InvitationClosed(Refusal):
    """The one-time address was used, revoked, replaced or is too old."""

    code = "invitation_closed"

    def __init__(self) -> None:
        """Say how to get a new one."""
        super().__init__(_("This address works no longer. Ask the person who invited you for a new one."))


class InvitedOther(Refusal):
    """The invitation belongs to an address that has an account, and somebody else or nobody has signed in."""

    code = "invited_other"

    def __init__(self) -> None:
        """Say how to go on."""
        super().__init__(_("Sign in with the invited address first, then open the invitation again."))


class OwnerExists(Refusal):
    """The first owner came already."""

    code = "owner_exists"

    def __init__(self) -> None:
        """Say whom to ask."""
        super().__init__(_("This installation has an owner already. Ask the owner for an invitation."))


class LastOwner(Refusal):
    """A workspace must keep somebody who may do everything."""

    code = "last_owner"

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(_("This is the last owner. Make somebody else an owner first."))


class MemberAlready(Refusal):
    """The invited person belongs to the team."""

    code = "member_already"

    def __init__(self) -> None:
        """Say so at the address."""
        sentence = _("This person belongs to the team already. Change the role in the list of people.")
        super().__init__(sentence, fields={"email": sentence})


class RoleNotYours(Refusal):
    """Only an owner gives or takes the role of owner."""

    code = "role_not_yours"

    def __init__(self) -> None:
        """Say who can."""
        sentence = _("Only an owner can give or take away the role of owner.")
        super().__init__(sentence, fields={"role": sentence})
