"""The languages that partners are spoken to in, and how a letter is written in its reader's."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

FALLBACK = "en"


def spoken(language: str) -> str:
    """Return the language in which somebody who wants this one is spoken to: German for `de-AT`, else English."""
    plain = language.lower().replace("_", "-").partition("-")[0]
    return plain if plain in dict(settings.LANGUAGES) else FALLBACK


def name_of(language: str) -> str:
    """Return a language by its own name."""
    return str(dict(settings.LANGUAGES)[spoken(language)])


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language meanwhile, whoever is signed in."""
    with translation.override(spoken(language)):
        yield
