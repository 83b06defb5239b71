"""The landing pages of the demo's invented shop: a place where a demo click arrives, without any network."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rapport.doors.access import public
from rapport.doors.ui.shell import Brand, public_shell

_PAGES = {
    "": _("Linen and flannel, made in small runs"),
    "linen-pyjamas": _("Linen pyjamas, natural"),
    "flannel-shirt": _("Flannel night shirt"),
    "robe": _("Waffle robe"),
    "pillow": _("Buckwheat pillow"),
}


@require_safe
@public
def shop_page(request: HttpRequest, page: str = "") -> HttpResponse:
    """Show a page of the demo shop, with the click id that the visitor brought; there is no shop without the demo."""
    if not settings.DEMO or page not in _PAGES:
        raise Http404
    context = {
        **public_shell(brand=Brand("Marlow & Lind", url="/demo-shop/")),
        "heading": _PAGES[page],
        "click_id": request.GET.get("rpid", "")[:128],
    }
    return render(request, "public/demo_shop.html", context)
