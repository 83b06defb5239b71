"""Addresses of the program pages."""

from django.urls import include, path

from rapport.doors.console import (
    applications,
    approvals,
    clicks,
    commissions,
    conversions,
    corrections,
    decisions,
    health,
    intentions,
    invitations,
    jobs,
    ledger,
    links,
    own_rate,
    partner,
    partners,
    receipts,
    today,
)
from rapport.doors.console.imports import pages as imports

app_name = "console"
urlpatterns = [
    path("", today.home, name="home"),
    path("<str:program_id>/", today.today, name="today"),
    path("<str:program_id>/applications/", applications.applications, name="applications"),
    path("<str:program_id>/applications/<str:application_id>/", applications.application, name="application"),
    path(
        "<str:program_id>/applications/<str:application_id>/approve/", applications.approve, name="application-approve"
    ),
    path("<str:program_id>/applications/<str:application_id>/ask/", applications.ask, name="application-ask"),
    path(
        "<str:program_id>/applications/<str:application_id>/decline/", applications.decline, name="application-decline"
    ),
    path("<str:program_id>/partners/", partners.partners, name="partners"),
    path("<str:program_id>/partners.csv", partners.partners_csv, name="partners-csv"),
    path("<str:program_id>/partners/<str:agreement_id>/", partner.partner, name="partner"),
    path("<str:program_id>/partners/<str:agreement_id>/invite/", partner.invite, name="partner-invite"),
    path("<str:program_id>/partners/<str:agreement_id>/own-rate/", own_rate.own_rate, name="partner-own-rate"),
    path("<str:program_id>/invitations/", invitations.invitations, name="invitations"),
    path("<str:program_id>/invitations/all/", invitations.invite_all, name="invite-all"),
    path("<str:program_id>/invitations/<str:agreement_id>/send/", invitations.send, name="invitation-send"),
    path(
        "<str:program_id>/invitations/<str:agreement_id>/<str:invitation_id>/revoke/",
        invitations.revoke,
        name="invitation-revoke",
    ),
    path("<str:program_id>/partners/<str:agreement_id>/suspend/", partner.suspend, name="agreement-suspend"),
    path("<str:program_id>/partners/<str:agreement_id>/resume/", partner.resume, name="agreement-resume"),
    path("<str:program_id>/partners/<str:agreement_id>/end/", partner.end, name="agreement-end"),
    path("<str:program_id>/links/", links.links, name="links"),
    path("<str:program_id>/links/new/", links.link_new, name="link-new"),
    path("<str:program_id>/links/<str:link_id>/", links.link, name="link"),
    path("<str:program_id>/links/<str:link_id>/qr.svg", links.link_qr, name="link-qr"),
    path("<str:program_id>/links/<str:link_id>/switch/", links.link_switch, name="link-switch"),
    path("<str:program_id>/codes/new/", links.coupon_new, name="coupon-new"),
    path("<str:program_id>/codes/<str:coupon_id>/end/", links.coupon_end, name="coupon-end"),
    path("<str:program_id>/clicks/", clicks.clicks, name="clicks"),
    path("<str:program_id>/conversions/", conversions.conversions, name="conversions"),
    path("<str:program_id>/conversions/<str:conversion_id>/", conversions.conversion, name="conversion"),
    path("<str:program_id>/conversions/<str:conversion_id>/settle/", decisions.settle, name="conversion-settle"),
    path("<str:program_id>/conversions/<str:conversion_id>/decline/", decisions.decline, name="conversion-decline"),
    path(
        "<str:program_id>/conversions/<str:conversion_id>/undo-decline/",
        decisions.undo_decline,
        name="conversion-undo-decline",
    ),
    path(
        "<str:program_id>/conversions/<str:conversion_id>/uphold-decline/",
        decisions.uphold_decline,
        name="conversion-uphold-decline",
    ),
    path("<str:program_id>/conversions/<str:conversion_id>/lift/", decisions.lift_hold, name="conversion-lift"),
    path("<str:program_id>/corrections/", corrections.corrections, name="corrections"),
    path("<str:program_id>/corrections/<str:correction_id>/", corrections.correction, name="correction"),
    path("<str:program_id>/corrections/<str:correction_id>/aside/", corrections.put_aside, name="correction-aside"),
    path("<str:program_id>/imports/", imports.imports, name="imports"),
    path("<str:program_id>/imports/<str:run_id>/", imports.one, name="import"),
    path("<str:program_id>/imports/<str:run_id>/progress/", imports.progress, name="import-progress"),
    path("<str:program_id>/imports/<str:run_id>/columns/", imports.columns, name="import-columns"),
    path("<str:program_id>/imports/<str:run_id>/start/", imports.start, name="import-start"),
    path("<str:program_id>/imports/<str:run_id>/double/", imports.double, name="import-double"),
    path("<str:program_id>/imports/<str:run_id>/undo/", imports.undo, name="import-undo"),
    path("<str:program_id>/imports/<str:run_id>/report.csv", imports.report, name="import-report"),
    path("<str:program_id>/receipts/", receipts.receipts, name="receipts"),
    path("<str:program_id>/receipts/<str:receipt_id>/", receipts.receipt, name="receipt"),
    path("<str:program_id>/receipts/<str:receipt_id>/aside/", receipts.put_aside, name="receipt-aside"),
    path("<str:program_id>/commissions/", commissions.commissions, name="commissions"),
    path("<str:program_id>/commissions/approve/", approvals.approve, name="commissions-approve"),
    path("<str:program_id>/commissions/decline/", approvals.decline, name="commissions-decline"),
    path("<str:program_id>/intentions/", intentions.intentions, name="intentions"),
    path("<str:program_id>/intentions/<str:intention_id>/", intentions.intention, name="intention"),
    path("<str:program_id>/intentions/<str:intention_id>/undo/", intentions.undo, name="intention-undo"),
    path(
        "<str:program_id>/commissions/<str:commission_id>/take-back/", commissions.take_back, name="approval-take-back"
    ),
    path("<str:program_id>/commissions/<str:commission_id>/answer/", commissions.answer, name="commission-answer"),
    path("<str:program_id>/commissions/<str:commission_id>/", commissions.commission, name="commission"),
    path(
        "<str:program_id>/commissions/<str:commission_id>/proposal/accept/", commissions.accept, name="proposal-accept"
    ),
    path(
        "<str:program_id>/commissions/<str:commission_id>/proposal/refuse/", commissions.refuse, name="proposal-refuse"
    ),
    path("<str:program_id>/", include("rapport.doors.console.paying.urls")),
    path("<str:program_id>/", include("rapport.doors.console.taxes.urls")),
    path("<str:program_id>/shops/", include("rapport.doors.console.shops.urls")),
    path("<str:program_id>/ledger/", ledger.ledger, name="ledger"),
    path("<str:program_id>/ledger/verify/", ledger.verify, name="ledger-verify"),
    path("<str:program_id>/health/", health.health, name="health"),
    path("<str:program_id>/health/run/", health.run, name="health-run"),
    path("<str:program_id>/jobs/", jobs.jobs, name="jobs"),
    path("<str:program_id>/jobs/<str:job_id>/again/", jobs.again, name="job-again"),
]
