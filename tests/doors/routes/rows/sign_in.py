"""Rows of signing in."""

from rapport.apps.identity.actions import invite_teammate, issue_first_owner_invitation
from rapport.apps.identity.inputs import TeammateInput
from rapport.apps.identity.models import Membership, Role
from rapport.kit.clock import now
from tests.doors.routes.table import NOBODY, PEOPLE, Addressed, Expected, Row, everybody, signed_in
from tests.make.identity import STORY, Cast


def first_address(_cast: Cast) -> Addressed:
    """The address of a first owner, as it was printed before the team came."""
    held = Membership.objects.filter(role=Role.OWNER)
    ids = list(held.values_list("id", flat=True))
    held.update(role=Role.SALES)
    path = issue_first_owner_invitation(at=now())
    Membership.objects.filter(id__in=ids).update(role=Role.OWNER)
    return Addressed(own={"secret": path.rsplit("/", 1)[1]}, elsewhere=({"secret": "invented"},))


def invitation(cast: Cast) -> Addressed:
    """An invitation of ours to somebody new."""
    given = TeammateInput(email="new@marlow.example", role=Role.SALES)
    path = invite_teammate(organisation_id=cast.ours.id, given=given, by=STORY, at=now()).path
    return Addressed(own={"secret": path.rsplit("/", 1)[1]}, elsewhere=({"secret": "invented"},))


def reset_key(_cast: Cast) -> Addressed:
    """An address for a new password that is not valid: the page says so, whoever asks."""
    return Addressed(own={"uidb36": "per_x", "key": "invented"}, elsewhere=())


def for_guests() -> Expected:
    """Whoever has not signed in; whoever has is led on."""
    same = dict.fromkeys(PEOPLE, 302) | dict.fromkeys(NOBODY, 200)
    return Expected(own=same, elsewhere=same, strangers=same)


ROWS = (
    Row("home", "GET", signed_in(ok=302)),
    Row("account", "GET", signed_in()),
    Row("account", "POST", signed_in(ok=422)),
    Row("start", "GET", everybody(elsewhere=410), at=first_address),
    Row("start", "POST", everybody(ok=422, elsewhere=410), at=first_address),
    Row("invitation", "GET", everybody(elsewhere=410), at=invitation),
    Row("invitation", "POST", everybody(ok=422, elsewhere=410), at=invitation),
    Row("demo-outbox", "GET", everybody(ok=404)),
    Row("demo-building", "GET", everybody(ok=404)),
    Row("demo-start", "GET", everybody(ok=404)),
    Row("account_login", "GET", for_guests()),
    Row("account_login", "POST", for_guests()),
    Row("account_signup", "GET", for_guests()),
    Row("account_signup", "POST", for_guests()),
    Row("account_logout", "GET", signed_in()),
    Row("account_logout", "POST", everybody(ok=302)),
    Row("account_inactive", "GET", everybody()),
    Row("account_request_login_code", "GET", for_guests()),
    Row("account_request_login_code", "POST", for_guests()),
    Row("account_confirm_login_code", "GET", everybody(ok=302)),
    Row("account_confirm_login_code", "POST", everybody(ok=302)),
    Row("account_change_password", "GET", signed_in(ok=302)),
    Row("account_change_password", "POST", signed_in(ok=302)),
    Row("account_set_password", "GET", signed_in()),
    Row("account_set_password", "POST", signed_in()),
    Row("account_reset_password", "GET", everybody()),
    Row("account_reset_password", "POST", everybody()),
    Row("account_reset_password_done", "GET", everybody()),
    Row("account_reset_password_from_key", "GET", everybody(), at=reset_key),
    Row("account_reset_password_from_key", "POST", everybody(), at=reset_key),
    Row("account_reset_password_from_key_done", "GET", everybody()),
)
