"""A letter: what a mail says, before it is written out as text and as HTML."""

from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing that a letter asks its reader to do. `path` begins with a slash."""

    words: str
    path: str

    @property
    def url(self) -> str:
        """The whole address, on the host that the operator gave."""
        return f"{settings.PUBLIC_URL}{self.path}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said to whom. `code` stands large and alone; `holds_secret` keeps the text out of sight once sent.

    `about_id` is the public id of what it is about: others ask by it what became of the mail.
    """

    recipient: str
    subject: str
    paragraphs: tuple[str, ...]
    button: Button | None = None
    code: str = ""
    notes: tuple[str, ...] = field(default=())
    workspace_id: str = ""
    about_id: str = ""
    holds_secret: bool = False

    def as_text(self) -> str:
        """Return the letter as plain text."""
        return render_to_string("mail/letter.txt", {"letter": self}).strip() + "\n"

    def as_html(self) -> str:
        """Return the letter as HTML."""
        return render_to_string("mail/letter.html", {"letter": self})
