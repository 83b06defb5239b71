"""Addresses of the API."""

from django.urls import path
from ninja import NinjaAPI

from rapport.doors.access import checked_by_key
from rapport.doors.api.conversions import router
from rapport.doors.api.keys import KeyAuth
from rapport.doors.api.problems import answer_problems

api = NinjaAPI(
    title="Rapport",
    version="1",
    description="Report conversions and corrections; read what became of them and what they earn.",
    auth=KeyAuth(),
    urls_namespace="api",
)
api.add_router("", router)
answer_problems(api)

urlpatterns = checked_by_key([path("", api.urls)])
