"""Addresses of the pages of finance, inside a program."""

from django.urls import path

from rapport.doors.console.paying import accounts, debts, files, methods, payouts, runs, statements

urlpatterns = [
    path("payouts/", runs.payouts, name="payouts"),
    path("payouts/prepare/", runs.prepare, name="payout-run-prepare"),
    path("payouts/debts/", debts.debts, name="debts"),
    path("payouts/debts/<str:write_off_id>/approve/", debts.approve, name="write-off-approve"),
    path("payouts/debts/<str:write_off_id>/refuse/", debts.refuse, name="write-off-refuse"),
    path("partners/<str:agreement_id>/debt/", debts.debt, name="debt"),
    path("payouts/settings/", methods.program_settings, name="payout-settings"),
    path("payouts/settings/<str:kind>/", accounts.account, name="rail-account"),
    path("payouts/settings/<str:kind>/try/", accounts.try_it, name="rail-account-try"),
    path("payouts/settings/<str:kind>/forget/", accounts.forget, name="rail-account-forget"),
    path("payouts/<str:run_id>/", runs.run, name="payout-run"),
    path("payouts/<str:run_id>/approve/", runs.approve, name="payout-run-approve"),
    path("payouts/<str:run_id>/abandon/", runs.abandon, name="payout-run-abandon"),
    path("payouts/<str:run_id>/answers/", runs.answers, name="payout-run-answers"),
    path("payouts/<str:run_id>/files/<str:kind>/", files.make, name="payout-file-make"),
    path("payouts/<str:run_id>/files/<str:kind>/settled/", files.settle_rest, name="payout-settle-rest"),
    path("payouts/<str:run_id>/files/<str:kind>/<int:part>/", files.download, name="payout-file"),
    path("payouts/<str:run_id>/calls/<str:name>/again/", files.ask_again, name="rail-call-again"),
    path("payouts/<str:run_id>/calls/<str:name>/back/", files.give_back, name="rail-call-back"),
    path("payouts/<str:run_id>/<str:payout_id>/", payouts.payout, name="payout"),
    path("payouts/<str:run_id>/<str:payout_id>/outcome/", payouts.outcome, name="payout-outcome"),
    path("payouts/<str:run_id>/<str:payout_id>/cancel/", payouts.cancel, name="payout-cancel"),
    path(
        "payouts/<str:run_id>/<str:payout_id>/changes/<str:notice_id>/", payouts.take_change, name="change-notice-take"
    ),
    path("partners/<str:agreement_id>/method/", methods.method, name="payout-method"),
    path("partners/<str:agreement_id>/statement/", statements.statement, name="statement"),
    path("partners/<str:agreement_id>/statement.csv", statements.statement_csv, name="statement-csv"),
    path("partners/<str:agreement_id>/statement.pdf", statements.statement_pdf, name="statement-pdf"),
]
