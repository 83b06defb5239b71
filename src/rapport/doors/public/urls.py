"""Addresses of the public pages."""

from django.urls import path

from rapport.doors.public import applications, program, tax_papers

app_name = "public"
urlpatterns = [
    # A slug has no slash in it, so these two never meet.
    path("tax/<str:token>", tax_papers.tax_papers, name="tax-papers"),
    path("<slug:slug>", program.program, name="program"),
    path("<slug:slug>/thanks", program.thanks, name="thanks"),
    path("<slug:slug>/applications/<str:secret>", applications.application, name="application"),
    path("<slug:slug>/applications/<str:secret>/prove", applications.prove, name="prove"),
]
