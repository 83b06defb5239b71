"""A real mail server for a test: it listens on this machine, takes mail and keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


@dataclass
class MailServer:
    """What a server took, and whom it refuses: `nobody@` for good, `later@` for now, `closed@` for another reason."""

    port: int
    taken: list[Envelope] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that `RAPPORT_SMTP_URL` takes."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusals = {"nobody": "550 nobody lives here", "later": "451 come back later", "closed": "554 5.7.1 no"}
        refusal = refusals.get(address.partition("@")[0])
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - see above
        if b"Subject: unwanted" in (envelope.original_content or b""):
            return "554 5.7.1 this reads like unwanted mail"
        self.taken.append(envelope)
        return "250 taken"


@contextmanager
def listening() -> Iterator[MailServer]:
    """Run a mail server on a free port."""
    server = MailServer(port=free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
