"""Joins allauth to our people: no open sign-up, our letters, one audit row per sign-in, tries counted per network."""

import logging
from contextlib import nullcontext
from ipaddress import IPv4Address, ip_address, ip_network

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.identity.actions import note_sign_in
from rapport.apps.identity.languages import speaking
from rapport.apps.identity.models import Person
from rapport.apps.identity.queries import person_with_address
from rapport.doors.sign_in.demo import check_person
from rapport.doors.sign_in.letters import letter_for
from rapport.kit.clock import now

log = logging.getLogger(__name__)

# Whoever attacks from one address has its neighbours as well; allauth itself cuts IPv6 to /64.
_IPV4_NETWORK = 24
_SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """What allauth asks us."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Say no: people come by invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Keep a letter of ours. It names no workspace, so no team sees it in its outbox."""
        person = person_with_address(email)
        with speaking(person.language) if person else nullcontext():
            queue_mail(letter=letter_for(template_prefix, recipient=email, context=context), at=now())

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the network that the caller's tries are counted for."""
        address = ip_address(request.META["REMOTE_ADDR"])
        if isinstance(address, IPv4Address):
            return str(ip_network((address, _IPV4_NETWORK), strict=False).network_address)
        return str(address)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Open the session, and note who came; people of a demo come from the machine itself only."""
        check_person(request, user)
        super().login(request, user)
        note_sign_in(person_id=user.pk, at=now())

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:  # noqa: ARG002 - see above
        """Leave a line for whoever watches; never the address or the password that was tried."""
        log.warning("A sign-in was refused, tried from network %s", self.get_client_ip(request))

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *rest: object, **more: object
    ) -> None:
        """Say nothing where the page itself says it: that somebody signed in or out is plain to see."""
        if message_template not in _SILENT:
            super().add_message(request, level, message_template, *rest, **more)
