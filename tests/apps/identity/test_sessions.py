"""Ended sessions are forgotten, living ones are not."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from rapport.apps.identity.tasks import forget_sessions
from rapport.kit.clock import now
from tests.make.identity import make_person

pytestmark = pytest.mark.django_db


def test_only_ended_sessions_are_forgotten() -> None:
    here, gone = Client(), Client()
    for client in (here, gone):
        client.force_login(make_person())
    Session.objects.filter(pk=gone.session.session_key).update(expire_date=now() - timedelta(seconds=1))
    forget_sessions.func()
    assert list(Session.objects.values_list("pk", flat=True)) == [here.session.session_key]
