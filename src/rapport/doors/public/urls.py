"""Addresses of the public pages."""

from django.urls import path

from rapport.doors.public import applications, paypal, program, replays, tax_papers

app_name = "public"
urlpatterns = [
    # A slug has no slash in it, so these never meet.
    path("tax/<str:token>", tax_papers.tax_papers, name="tax-papers"),
    path("replays/<str:token>", replays.replay, name="replay"),
    path("<str:program_id>/paypal/<str:secret>", paypal.hook, name="paypal-hook"),
    path("<slug:slug>", program.program, name="program"),
    path("<slug:slug>/thanks", program.thanks, name="thanks"),
    path("<slug:slug>/applications/<str:secret>", applications.application, name="application"),
    path("<slug:slug>/applications/<str:secret>/prove", applications.prove, name="prove"),
]
