"""Addresses of the settings pages."""

from django.urls import path

from rapport.doors.console.settings import backups, keys, mail, organisation, outbox, rates, suppressions, team, trail

app_name = "settings"

urlpatterns = [
    path("", team.home, name="home"),
    path("<str:organisation_id>/team/", team.team, name="team"),
    path("<str:organisation_id>/team/<str:membership_id>/", team.member, name="member"),
    path("<str:organisation_id>/team/<str:membership_id>/end/", team.end, name="member-end"),
    path("<str:organisation_id>/invitations/<str:invitation_id>/revoke/", team.revoke, name="invitation-revoke"),
    path("<str:organisation_id>/keys/", keys.keys, name="keys"),
    path("<str:organisation_id>/keys/<str:key_id>/revoke/", keys.revoke, name="key-revoke"),
    path("<str:organisation_id>/organisation/", organisation.organisation, name="organisation"),
    path("<str:organisation_id>/rates/", rates.rates, name="rates"),
    path("<str:organisation_id>/rates/<str:doubt_id>/take/", rates.take, name="rate-take"),
    path("<str:organisation_id>/rates/<str:doubt_id>/refuse/", rates.refuse, name="rate-refuse"),
    path("<str:organisation_id>/audit/", trail.audit, name="audit"),
    path("<str:organisation_id>/outbox/", outbox.letters, name="outbox"),
    path("<str:organisation_id>/outbox/<str:mail_id>/", outbox.letter, name="letter"),
    path("<str:organisation_id>/outbox/<str:mail_id>/again/", outbox.again, name="letter-again"),
    path("<str:organisation_id>/mail/", mail.mail, name="mail"),
    path("<str:organisation_id>/mail/try/", mail.try_it, name="mail-try"),
    path("<str:organisation_id>/backups/", backups.backups, name="backups"),
    path("<str:organisation_id>/suppressions/", suppressions.suppressions, name="suppressions"),
    path("<str:organisation_id>/suppressions/<str:suppression_id>/lift/", suppressions.lift, name="suppression-lift"),
]
