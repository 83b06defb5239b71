"""What people read in their mail when they sign in, or when somebody tries to in their name."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.delivery.letters import Button, Letter

Context = Mapping[str, object]


def letter_for(kind: str, *, recipient: str, context: Context) -> Letter:
    """Return the letter of one kind, by the name that allauth gives it. Raises KeyError for a kind not known."""
    return _LETTERS[kind](recipient, context)


def _login_code(recipient: str, context: Context) -> Letter:
    return Letter(
        recipient=recipient,
        subject=_("Your code for signing in"),
        paragraphs=(_("Type this code on the page where you asked for it:"),),
        code=str(context["code"]),
        notes=(_("It works once, for 15 minutes. If you did not ask for it, nothing needs to be done."),),
        holds_secret=True,
    )


def _password_reset(recipient: str, context: Context) -> Letter:
    # Only the path is taken: the host of a mailed address is the operator's, never one that a request claims.
    path = urlsplit(str(context["password_reset_url"])).path
    return Letter(
        recipient=recipient,
        subject=_("Choose a new password"),
        paragraphs=(_("Somebody, hopefully you, asked for a new password."),),
        button=Button(_("Choose a new password"), path),
        notes=(_("The address works for four hours. If you did not ask for it, nothing needs to be done."),),
        holds_secret=True,
    )


def _unknown_account(recipient: str, _context: Context) -> Letter:
    return Letter(
        recipient=recipient,
        subject=_("Nobody signs in with this address"),
        paragraphs=(
            _("Somebody, perhaps you, tried to sign in with this mail address."),
            _("There is no account for it. Try another address of yours, or ask the program for an invitation."),
        ),
    )


def _password_changed(recipient: str, _context: Context) -> Letter:
    return Letter(
        recipient=recipient,
        subject=_("Your password was changed"),
        paragraphs=(
            _("The password of your account was changed. All other sessions have ended."),
            _("If this was not you, choose a new password at once."),
        ),
        button=Button(_("Choose a new password"), reverse("account_reset_password")),
    )


_LETTERS: Mapping[str, Callable[[str, Context], Letter]] = {
    "account/email/login_code": _login_code,
    "account/email/password_reset_key": _password_reset,
    "account/email/unknown_account": _unknown_account,
    "account/email/password_changed": _password_changed,
    "account/email/password_set": _password_changed,
    "account/email/password_reset": _password_changed,
}
