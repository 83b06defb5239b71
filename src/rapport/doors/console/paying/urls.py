"""Addresses of the pages of finance, inside a program."""

from django.urls import path

from rapport.doors.console.paying import debts, methods, payouts, runs, statements

urlpatterns = [
    path("payouts/", runs.payouts, name="payouts"),
    path("payouts/prepare/", runs.prepare, name="payout-run-prepare"),
    path("payouts/debts/", debts.debts, name="debts"),
    path("payouts/debts/<str:write_off_id>/approve/", debts.approve, name="write-off-approve"),
    path("payouts/debts/<str:write_off_id>/refuse/", debts.refuse, name="write-off-refuse"),
    path("partners/<str:agreement_id>/debt/", debts.debt, name="debt"),
    path("payouts/settings/", methods.program_settings, name="payout-settings"),
    path("payouts/<str:run_id>/", runs.run, name="payout-run"),
    path("payouts/<str:run_id>/approve/", runs.approve, name="payout-run-approve"),
    path("payouts/<str:run_id>/abandon/", runs.abandon, name="payout-run-abandon"),
    path("payouts/<str:run_id>/answers/", runs.answers, name="payout-run-answers"),
    path("payouts/<str:run_id>/files/<str:kind>/", runs.make, name="payout-file-make"),
    path("payouts/<str:run_id>/files/<str:kind>.csv", runs.download, name="payout-file"),
    path("payouts/<str:run_id>/<str:payout_id>/", payouts.payout, name="payout"),
    path("payouts/<str:run_id>/<str:payout_id>/outcome/", payouts.outcome, name="payout-outcome"),
    path("payouts/<str:run_id>/<str:payout_id>/cancel/", payouts.cancel, name="payout-cancel"),
    path("partners/<str:agreement_id>/method/", methods.method, name="payout-method"),
    path("partners/<str:agreement_id>/statement/", statements.statement, name="statement"),
    path("partners/<str:agreement_id>/statement.csv", statements.statement_csv, name="statement-csv"),
    path("partners/<str:agreement_id>/statement.pdf", statements.statement_pdf, name="statement-pdf"),
]
