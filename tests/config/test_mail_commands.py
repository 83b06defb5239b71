"""`rapport mail` as an operator types it."""

from pathlib import Path

from rapport.apps.delivery.models import Mail, MailState
from tests.config.commands import rapport
from tests.support.databases import FreshDatabase
from tests.support.mail import listening


def test_a_test_letter_says_what_the_server_answered(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path)}
    refused = rapport("mail", "test", "mila@shop.example", **settings)
    assert (refused.returncode, "no mail server" in refused.stderr) == (1, True)
    with listening() as server:
        settings["RAPPORT_SMTP_URL"] = server.url
        done = rapport("mail", "test", "mila@shop.example", **settings)
        assert done.returncode == 0, done.stderr
        assert [envelope.rcpt_tos for envelope in server.taken] == [["mila@shop.example"]]
        refused = rapport("mail", "test", "nobody@shop.example", **settings)
        assert "550 nobody lives here" in refused.stderr
    settings["RAPPORT_SMTP_URL"] = server.url
    away = rapport("mail", "test", "later@shop.example", **settings)
    assert away.returncode == 1
    assert "refused" in away.stderr
    assert sorted(Mail.objects.values_list("state", flat=True)) == sorted(
        [MailState.SENT, MailState.BOUNCED, MailState.QUEUED]
    )


def test_bounces_are_piped_in_or_read_where_the_settings_say(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path)}
    nowhere = rapport("mail", "bounces", **settings)
    assert (nowhere.returncode, "No mailbox is set" in nowhere.stderr) == (1, True)
    piped = rapport("mail", "bounces", "-", typed="Subject: hello\n\nHi.\n", **settings)
    assert piped.stdout.strip() == "1 messages read, 0 of them told something new of a mail."
    missing = rapport("mail", "bounces", "/nowhere/at/all", **settings)
    assert (missing.returncode, "It cannot be read" in missing.stderr) == (1, True)
