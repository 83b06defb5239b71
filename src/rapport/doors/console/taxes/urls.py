"""Addresses of the tax pages, inside a program."""

from django.urls import path

from rapport.doors.console.taxes import overview, partners

urlpatterns = [
    path("taxes/", overview.taxes, name="taxes"),
    path("taxes/settings/", overview.tax_settings, name="tax-settings"),
    path("partners/<str:agreement_id>/tax/", partners.partner, name="tax-papers"),
    path("partners/<str:agreement_id>/tax/vies/", partners.ask_register, name="tax-vies"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/", partners.form, name="tax-form"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/file/", partners.download, name="tax-form-file"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/accept/", partners.accept, name="tax-form-accept"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/refuse/", partners.refuse, name="tax-form-refuse"),
]
