"""Addresses of the pages of a program itself."""

from django.urls import path

from rapport.doors.console.program import (
    approval,
    creating,
    domains,
    integration,
    postbacks,
    settings,
    tags,
    terms,
    versions,
    yaml_page,
)
from rapport.doors.console.replays import pages as replays
from rapport.doors.console.replays import sharing

app_name = "program"
urlpatterns = [
    path("new/", creating.choose, name="choose"),
    path("new/<str:organisation_id>/", creating.create, name="create"),
    path("<str:program_id>/settings/", settings.settings, name="settings"),
    path("<str:program_id>/settings/approval/", approval.approval, name="approval"),
    path("<str:program_id>/settings/postbacks/", postbacks.postbacks, name="postbacks"),
    path("<str:program_id>/settings/postbacks/try/", postbacks.try_postback, name="postbacks-try"),
    path("<str:program_id>/settings/utm/", tags.tags, name="tags"),
    path("<str:program_id>/settings/state/", settings.move, name="move"),
    path("<str:program_id>/domains/", domains.domains, name="domains"),
    path("<str:program_id>/domains/<str:domain_id>/check/", domains.check, name="domain-check"),
    path("<str:program_id>/domains/<str:domain_id>/show/", domains.show, name="domain-show"),
    path("<str:program_id>/domains/<str:domain_id>/remove/", domains.remove, name="domain-remove"),
    path("<str:program_id>/terms/", terms.terms, name="terms"),
    path("<str:program_id>/terms/preview/", terms.preview, name="terms-preview"),
    path("<str:program_id>/terms/yaml/", yaml_page.as_yaml, name="terms-yaml"),
    path("<str:program_id>/terms/publish/", versions.publish, name="terms-publish"),
    path("<str:program_id>/terms/replays/", replays.replays, name="replays"),
    path("<str:program_id>/terms/replays/<str:replay_id>/", replays.replay, name="replay"),
    path("<str:program_id>/terms/replays/<str:replay_id>/progress/", replays.progress, name="replay-progress"),
    path("<str:program_id>/terms/replays/<str:replay_id>/csv/", replays.csv, name="replay-csv"),
    path("<str:program_id>/terms/replays/<str:replay_id>/keep/", replays.keep, name="replay-keep"),
    path("<str:program_id>/terms/replays/<str:replay_id>/share/", sharing.share, name="replay-share"),
    path(
        "<str:program_id>/terms/replays/<str:replay_id>/shares/<str:share_id>/revoke/",
        sharing.revoke,
        name="replay-unshare",
    ),
    path("<str:program_id>/terms/v<int:number>/", versions.version, name="version"),
    path("<str:program_id>/integration/", integration.integration, name="integration"),
    path("<str:program_id>/integration/test/", integration.send_test, name="send-test"),
    path("<str:program_id>/integration/secrets/<str:secret_id>/revoke/", integration.revoke, name="postback-revoke"),
]
