"""`rapport mail`: a test letter, and what came back."""

from pathlib import Path
from typing import Annotated

import typer

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import say
from rapport.config.errors import Stop
from rapport.kit.clock import now

app = typer.Typer(help="Send a test letter; read what came back.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Argument(help="A message, or `-` for standard input; without it, the mailbox of the settings is read."),
]
STANDARD_INPUT = Path("-")


@app.callback()
def everywhere(data: DataFolder = None) -> None:
    """Send a test letter; read what came back."""
    choose(data=data)
    load_django()


@app.command()
def test(email: Annotated[str, typer.Argument(help="Who gets the letter.", show_default=False)]) -> None:
    """Send a test letter now, and say what the mail server answered."""
    # Django is awake only now.
    from rapport.apps.delivery.queries import mail_is_sent  # noqa: PLC0415 - see above
    from rapport.flows.trying_mail import send_test_letter  # noqa: PLC0415 - see above

    if not mail_is_sent():
        raise Stop("There is no mail server: set smtp_url, or read mail on the outbox page.")
    mail = send_test_letter(recipient=email, workspace_id="", at=now())
    if mail.sent_at is None:
        raise Stop(f"The mail server did not take it: {mail.problem or mail.get_state_display()}")
    say(f"The mail server took a letter to {email}. Look whether it arrives, and not among the unwanted.")


@app.command()
def records() -> None:
    """Look at SPF, DKIM and DMARC of the sender's domain, and show the records to paste."""
    # Django is awake only now.
    from rapport.flows.domains import records_of_settings  # noqa: PLC0415 - see above
    from rapport.flows.mail_records import mail_findings  # noqa: PLC0415 - see above

    for finding in mail_findings(records_of_settings()):
        say(f"{finding.what}: {finding.verdict.upper()}. {finding.words}")
        if finding.record:
            say(f"  {finding.name}  TXT  {finding.record}")


@app.command()
def bounces(file: File = None) -> None:
    """Read what came back: from the mailbox of the settings, or one message from a file or standard input."""
    # Django is awake only now.
    from django.conf import settings  # noqa: PLC0415 - see above

    from rapport.apps.delivery.actions import take_returned  # noqa: PLC0415 - see above
    from rapport.apps.delivery.boxes import Box, Single, open_box  # noqa: PLC0415 - see above

    if file is None and not settings.MAIL_BOUNCES_URL:
        raise Stop("No mailbox is set: set mail_bounces_url, or give the file of a message.")
    try:
        box: Box = Single(_bytes_of(file)) if file else open_box(settings.MAIL_BOUNCES_URL)
        taken = take_returned(box, at=now())
    except OSError as problem:
        raise Stop(f"It cannot be read: {problem}") from problem
    say(f"{taken.messages} messages read, {taken.reports} of them told something new of a mail.")


def _bytes_of(file: Path) -> bytes:
    return typer.get_binary_stream("stdin").read() if file == STANDARD_INPUT else file.read_bytes()
