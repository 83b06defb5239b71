"""Addresses of the portal."""

from django.urls import path

from rapport.doors.portal import commissions, home, invoices, links, paying, profile, reports, taxes, terms

app_name = "portal"
urlpatterns = [
    path("", home.choose, name="choose"),
    path("<str:agreement_id>/", home.home, name="home"),
    path("<str:agreement_id>/make/", home.make_link, name="make-link"),
    path("<str:agreement_id>/links/", links.links, name="links"),
    path("<str:agreement_id>/links/new/", links.new, name="link-new"),
    path("<str:agreement_id>/links/<str:link_id>/", links.link, name="link"),
    path("<str:agreement_id>/links/<str:link_id>/limits/", links.limits, name="link-limits"),
    path("<str:agreement_id>/links/<str:link_id>/switch/", links.switch, name="link-switch"),
    path("<str:agreement_id>/commissions/", commissions.commissions, name="commissions"),
    path("<str:agreement_id>/commissions.csv", commissions.commissions_file, name="commissions-file"),
    # Before the commissions, whose ids would take these words.
    path("<str:agreement_id>/commissions/payouts/", paying.payouts, name="payouts"),
    path("<str:agreement_id>/commissions/payouts/<str:payout_id>/", paying.payout, name="payout"),
    path("<str:agreement_id>/commissions/method/", paying.method, name="method"),
    path("<str:agreement_id>/commissions/taxes/", taxes.taxes, name="taxes"),
    path("<str:agreement_id>/commissions/taxes/self-billing/", taxes.self_billing, name="self-billing"),
    path("<str:agreement_id>/commissions/invoices/", invoices.invoices, name="invoices"),
    path("<str:agreement_id>/commissions/invoices.csv", invoices.invoices_file, name="invoices-file"),
    path("<str:agreement_id>/commissions/invoices/<str:invoice_id>/", invoices.invoice, name="invoice"),
    path("<str:agreement_id>/commissions/invoices/<str:invoice_id>.pdf", invoices.paper, name="invoice-paper"),
    path("<str:agreement_id>/commissions/invoices/<str:invoice_id>.json", invoices.data, name="invoice-data"),
    path("<str:agreement_id>/commissions/statement/", paying.statement, name="statement"),
    path("<str:agreement_id>/commissions/statement.csv", paying.statement_csv, name="statement-csv"),
    path("<str:agreement_id>/commissions/statement.pdf", paying.statement_pdf, name="statement-pdf"),
    path("<str:agreement_id>/commissions/<str:commission_id>/", commissions.commission, name="commission"),
    path("<str:agreement_id>/commissions/<str:commission_id>/reply/", commissions.reply, name="commission-reply"),
    path("<str:agreement_id>/reports/", reports.reports, name="reports"),
    path("<str:agreement_id>/reports.csv", reports.reports_csv, name="reports-csv"),
    path("<str:agreement_id>/terms/", terms.terms, name="terms"),
    path("<str:agreement_id>/terms/<str:version_id>/accept/", terms.accept, name="terms-accept"),
    path("<str:agreement_id>/profile/", profile.profile, name="profile"),
]
