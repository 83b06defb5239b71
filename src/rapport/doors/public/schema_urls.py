"""Addresses of schemas."""

from django.urls import path

from rapport.doors.public import schemas

urlpatterns = [
    path("terms-v1.json", schemas.terms_schema, name="terms-schema"),
]
