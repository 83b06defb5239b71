"""Page of mail: which server carries it, whether others believe it, and a letter to try."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.delivery.models import Mail, MailState
from rapport.apps.delivery.queries import mail_is_sent
from rapport.apps.identity.models import Person
from rapport.apps.identity.rights import Capability, can
from rapport.doors.access import Request, allow
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.flows.domains import records_of_settings
from rapport.flows.mail_records import mail_findings
from rapport.flows.trying_mail import send_test_letter
from rapport.kit.clock import now


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.OUTBOX_READ, post=Capability.OUTBOX_WRITE)
def mail(request: Request, organisation_id: str) -> HttpResponse:
    """Show how mail leaves; a POST asks for the records of the sender's domain and shows what they say."""
    workspace = workspace_or_404(request, organisation_id)
    return settings_page(
        request,
        "mail.html",
        workspace=workspace,
        is_sent=mail_is_sent(),
        server=f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        secured=settings.EMAIL_USE_SSL or settings.EMAIL_USE_TLS,
        sender=settings.DEFAULT_FROM_EMAIL,
        bounces=settings.MAIL_BOUNCES,
        are_read=bool(settings.MAIL_BOUNCES_URL),
        findings=list(mail_findings(records_of_settings())) if request.method == "POST" else [],
        reader=request.user,
        may_try=can(request.actor, Capability.OUTBOX_WRITE, workspace),
    )


@require_POST
@allow(Capability.OUTBOX_WRITE)
def try_it(request: Request, organisation_id: str) -> HttpResponse:
    """Send a letter to whoever asks, and say what the server answered."""
    workspace = workspace_or_404(request, organisation_id)
    if not mail_is_sent():
        messages.error(request, _("There is no mail server yet: mail stays in the outbox."))
        return redirect("settings:mail", workspace.id)
    assert isinstance(request.user, Person)  # noqa: S101 - pages are opened by people alone
    sent = send_test_letter(recipient=request.user.email, workspace_id=workspace.id, at=now())
    _say(request, sent)
    return redirect("settings:mail", workspace.id)


def _say(request: Request, sent: Mail) -> None:
    if sent.state == MailState.SENT:
        told = _("The mail server took a letter to %(reader)s. Look whether it arrives.") % {"reader": sent.recipient}
        messages.success(request, told)
    else:
        why = {"why": sent.problem or sent.get_state_display()}
        messages.error(request, _("The mail server did not take it: %(why)s") % why)
