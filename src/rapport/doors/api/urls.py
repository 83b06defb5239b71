"""Addresses of the API."""

from django.urls import path
from ninja import NinjaAPI

from rapport.doors.access import checked_by_key
from rapport.doors.api.conversions import router
from rapport.doors.api.docs import Docs
from rapport.doors.api.keys import KeyAuth
from rapport.doors.api.links import router as links
from rapport.doors.api.money import router as money
from rapport.doors.api.problems import answer_problems
from rapport.doors.api.progress import router as progress
from rapport.doors.api.receipts import router as receipts
from rapport.doors.api.replays import router as replays
from rapport.doors.api.reports import router as reports
from rapport.doors.api.terms import router as terms
from rapport.doors.api.trials import router as trials

app_name = "api"

api = NinjaAPI(
    title="Rapport",
    version="1",
    description=(
        "Report conversions and corrections; read what became of them and what they earn; keep links; write, try and "
        "publish terms; read every commission explained and every statement."
    ),
    auth=KeyAuth(),
    urls_namespace=app_name,
    docs_url=None,
    openapi_url=None,
)
api.add_router("", router)
api.add_router("", links)
api.add_router("", progress)
api.add_router("", receipts)
api.add_router("", reports)
api.add_router("", trials)
api.add_router("", replays)
api.add_router("", terms)
api.add_router("", money)
answer_problems(api)
docs = Docs(api)

# Ninja's own front page tells nobody anything: the documentation stands in its place.
_operations = [pattern for pattern in api.urls[0] if getattr(pattern, "name", "") != "api-root"]

urlpatterns = [
    *checked_by_key(_operations),
    path("openapi.json", docs.schema, name="openapi"),
    path("docs/", docs.page, name="docs"),
]
