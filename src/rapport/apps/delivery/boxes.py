"""Where bounces arrive: a maildir, an mbox file, or a mailbox by IMAP."""

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20
MOST_BYTES = 2_000_000
_IMAP_PORT, _IMAPS_PORT = 143, 993
SCHEMES = ("imaps", "imap", "maildir", "mbox")


class Box(Protocol):
    """A mailbox of bounces."""

    def unread(self) -> Iterator[bytes]:
        """Yield each message that was not read before; it counts as read when the next one is asked for."""


def open_box(address: str) -> Box:
    """Return the box of an address such as `imaps://user:password@host/INBOX` or `maildir:///var/mail/bounces`.

    Raises ValueError, with a sentence for the operator, when it is none of these.
    """
    parts = urlsplit(address)
    path = Path(unquote(parts.path))
    if parts.scheme == "maildir" and parts.path:
        return Maildir(path)
    if parts.scheme == "mbox" and parts.path:
        return Mbox(path)
    if parts.scheme in {"imap", "imaps"} and parts.hostname and parts.username:
        return Imap(address)
    message = (
        "mail_bounces_url must look like imaps://user:password@host/INBOX, maildir:///var/mail/bounces "
        "or mbox:///var/mail/bounces"
    )
    raise ValueError(message)


class Maildir:
    """A folder that a mail server of this machine delivers into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unread(self) -> Iterator[bytes]:
        """Yield what lies in `new`, and move it to `cur` as seen."""
        if not self._folder.is_dir():
            return
        box = mailbox.Maildir(self._folder, create=False)
        for key in list(box.iterkeys()):
            message = box.get_message(key)
            if message.get_subdir() == "new":
                yield box.get_bytes(key)
                message.set_subdir("cur")
                message.add_flag("S")
                box[key] = message


class Mbox:
    """A file of messages; nothing is noted in it, as its server may be writing, and a report counts once anyway."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def unread(self) -> Iterator[bytes]:
        """Yield every message of the file."""
        if not self._file.is_file():
            return
        box = mailbox.mbox(self._file, create=False)
        try:
            for key in box.iterkeys():
                yield box.get_bytes(key)
        finally:
            box.close()


class Imap:
    """A mailbox at a provider; TLS from the start, or on request unless the server stands on this machine."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)

    def unread(self) -> Iterator[bytes]:
        """Yield the unseen messages and mark each as seen."""
        server = self._connect()
        try:
            yield from self._unseen(server)
        except imaplib.IMAP4.error as problem:
            raise OSError(str(problem)) from problem
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()

    def _unseen(self, server: imaplib.IMAP4) -> Iterator[bytes]:
        server.login(unquote(self._parts.username or ""), unquote(self._parts.password or ""))
        name = unquote(self._parts.path.strip("/")) or "INBOX"
        opened, words = server.select(f'"{name}"')
        if opened != "OK":
            raise OSError(f"the mailbox {name} cannot be opened: {b' '.join(filter(None, words)).decode()}")
        for number in server.uid("search", "UNSEEN", f"SMALLER {MOST_BYTES}")[1][0].split():
            # `BODY.PEEK` does not mark it as seen: a crash before it is taken in leaves it unread.
            answer = server.uid("fetch", number.decode(), "(BODY.PEEK[])")[1]
            yield from (part[1] for part in answer if isinstance(part, tuple))
            server.uid("store", number.decode(), "+FLAGS", r"(\Seen)")

    def _connect(self) -> imaplib.IMAP4:
        host, port = self._parts.hostname or "", self._parts.port
        trusted = ssl.create_default_context()  # the library itself would believe any certificate
        if self._parts.scheme == "imaps":
            return imaplib.IMAP4_SSL(host, port or _IMAPS_PORT, ssl_context=trusted, timeout=TIMEOUT_S)
        server = imaplib.IMAP4(host, port or _IMAP_PORT, timeout=TIMEOUT_S)
        if host not in {"localhost", "127.0.0.1", "::1"}:
            server.starttls(trusted)
        return server


class Single:
    """One message in the hand: what a mail server pipes into a program."""

    def __init__(self, message: bytes) -> None:
        self._message = message

    def unread(self) -> Iterator[bytes]:
        """Yield it."""
        yield self._message
