"""A real server of mailboxes (Dovecot) for a test: one person with one mailbox, on loopback, with and without TLS."""

import getpass
import imaplib
import os
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.authority import make_certificate
from tests.support.ports import free_port
from tests.support.processes import end_with_parent
from tests.support.system import Missing, has_dovecot

PROGRAM = "/usr/sbin/dovecot"
USER, PASSWORD = "bounces@partners.example", "it's a p@ss/word"
QUOTED = "bounces%40partners.example:it%27s%20a%20p%40ss%2Fword"
# Not one of the addresses that count as this machine: what is asked of strangers is asked of it.
STRANGE = "127.0.0.2"
START_SECONDS = 20

# What Dovecot would do as other accounts, it does as the one that runs the tests, unless that is root.
SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1, {strange}
ssl = yes
ssl_cert = <{folder}/own.pem
ssl_key = <{folder}/own.key
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail
{accounts}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/people
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={folder}
}}
"""


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """A running server: its ports, the certificate to believe, and the folder of the person's mail."""

    plain: int
    tls: int
    certificate: Path

    def address(self, scheme: str = "imaps", *, host: str = STRANGE, box: str = "INBOX") -> str:
        """Return the address that `RAPPORT_MAIL_BOUNCES_URL` takes."""
        return f"{scheme}://{QUOTED}@{host}:{self.tls if scheme == 'imaps' else self.plain}/{box}"

    def deliver(self, *messages: bytes, box: str = "INBOX") -> None:
        """Put messages into a mailbox, as a mail server would."""
        with self.signed_in() as server:
            server.create(f'"{box}"')
            for message in messages:
                assert server.append(f'"{box}"', "", None, message.replace(b"\n", b"\r\n"))[0] == "OK"

    def unseen(self) -> int:
        """Return how many messages nobody has read."""
        with self.signed_in() as server:
            server.select("INBOX", readonly=True)
            return len(server.search(None, "UNSEEN")[1][0].split())

    @contextmanager
    def signed_in(self) -> Iterator[imaplib.IMAP4]:
        """Sign in as the person, beside whoever else does."""
        server = imaplib.IMAP4_SSL(
            STRANGE, self.tls, ssl_context=ssl.create_default_context(cafile=str(self.certificate))
        )
        server.login(USER, PASSWORD)
        try:
            yield server
        finally:
            server.logout()


@contextmanager
def keeping_mail() -> Iterator[Mailboxes]:
    """Run Dovecot on free ports. Its sockets want a short path, so its folder is not one of the test's."""
    if not has_dovecot():
        raise Missing("Dovecot")
    with tempfile.TemporaryDirectory(prefix="dc-") as name:
        folder = Path(name)
        boxes = Mailboxes(plain=free_port(), tls=free_port(), certificate=folder / "own.pem")
        _prepare(folder, boxes)
        process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(folder / "dovecot.conf")],
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other way ends with a test run that was killed
        )
        try:
            _wait(boxes, process, log=folder / "log")
            yield boxes
        finally:
            process.terminate()
            process.wait()


def _prepare(folder: Path, boxes: Mailboxes) -> None:
    is_root = os.geteuid() == 0
    me = getpass.getuser()
    account, group = ("nobody", "nogroup") if is_root else (me, str(os.getegid()))
    make_certificate(folder, address=STRANGE)
    (folder / "people").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "mail").mkdir()
    if is_root:
        folder.chmod(0o755)
        shutil.chown(folder / "mail", account, group)
    told = SETTINGS.format(
        folder=folder,
        strange=STRANGE,
        plain=boxes.plain,
        tls=boxes.tls,
        account=account,
        group=group,
        accounts="" if is_root else f"default_internal_user = {me}\ndefault_login_user = {me}",
    )
    (folder / "dovecot.conf").write_text(told)


def _wait(boxes: Mailboxes, process: subprocess.Popen[bytes], *, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with boxes.signed_in():
                return
        except (OSError, imaplib.IMAP4.error):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text() if log.exists() else "Dovecot said nothing") from None
            time.sleep(0.1)
