"""In which language a page is shown: a partner's own, a visitor's browser's; teams and programs read English."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from rapport.apps.identity.languages import FALLBACK, spoken
from rapport.doors.access import Request

# Where the readers are teams, other programs, or whoever develops.
_ENGLISH = ("/console/", "/api/", "/hooks/", "/schemas/", "/design/", "/demo-shop/")


class ReaderLanguage(LocaleMiddleware):
    """Chooses by the address and the browser first, and by the person once it is known who asks."""

    def process_request(self, request: HttpRequest) -> None:
        """Take the browser's language where people of all kinds come."""
        if request.path_info.startswith(_ENGLISH):
            _speak(request, FALLBACK)
        else:
            super().process_request(request)

    def process_view(self, request: Request, *_view: object) -> HttpResponseBase | None:
        """Take the language that the person chose."""
        if request.user.is_authenticated and not request.path_info.startswith(_ENGLISH):
            _speak(request, spoken(request.user.language))
        return None


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language
