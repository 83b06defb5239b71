"""Addresses of the tax pages, inside a program."""

from django.urls import path

from rapport.doors.console.taxes import invoices, overview, partners, rates, year_end

urlpatterns = [
    path("taxes/", overview.taxes, name="taxes"),
    path("taxes/settings/", overview.tax_settings, name="tax-settings"),
    path("taxes/rates/", rates.vat_rates, name="vat-rates"),
    path("taxes/rates/<str:country>/<str:from_on>/", rates.vat_rate_checked, name="vat-rate-checked"),
    path("taxes/year-end/", year_end.year, name="year-end"),
    path("taxes/year-end.csv", year_end.year_file, name="year-end-file"),
    path("taxes/year-end-numbers.csv", year_end.year_numbers, name="year-end-numbers"),
    path("taxes/invoices/", invoices.invoices, name="invoices"),
    path("taxes/invoices.csv", invoices.invoices_file, name="invoices-file"),
    path("taxes/invoices/<str:invoice_id>/", invoices.invoice, name="invoice"),
    path("taxes/invoices/<str:invoice_id>.pdf", invoices.paper, name="invoice-paper"),
    path("taxes/invoices/<str:invoice_id>.json", invoices.data, name="invoice-data"),
    path("partners/<str:agreement_id>/tax/", partners.partner, name="tax-papers"),
    path("partners/<str:agreement_id>/tax/vies/", partners.ask_register, name="tax-vies"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/", partners.form, name="tax-form"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/file/", partners.download, name="tax-form-file"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/accept/", partners.accept, name="tax-form-accept"),
    path("partners/<str:agreement_id>/tax/forms/<str:form_id>/refuse/", partners.refuse, name="tax-form-refuse"),
]
