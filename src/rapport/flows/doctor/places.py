"""Where the things stand that the doctor names: whose they are, and by which keys a page finds them."""

import re
from typing import Any

from django.db.models import Manager

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout, PayoutRun
from rapport.apps.programs.models import Program

_PUBLIC_ID = re.compile(r"\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b")

_FOUND: dict[str, tuple[Manager[Any], str, tuple[str, ...]]] = {
    "com": (Commission.objects, "agreement__program__workspace_id", ("agreement__program_id", "id")),
    "cnv": (Conversion.objects, "program__workspace_id", ("program_id", "id")),
    "agr": (Agreement.objects, "program__workspace_id", ("program_id", "id")),
    "pay": (Payout.objects, "run__program__workspace_id", ("run__program_id", "run_id", "id")),
    "run": (PayoutRun.objects, "program__workspace_id", ("program_id", "id")),
    "prg": (Program.objects, "workspace_id", ("id",)),
}
"""By the beginning of an id: among what it is found, by what it belongs to a workspace, which keys its page needs."""


def ids_in(sentence: str) -> list[str]:
    """Return the public ids that a sentence names."""
    return _PUBLIC_ID.findall(sentence)


def keys_of(public_id: str, *, workspace_id: str) -> tuple[str, ...]:
    """Return the keys of the page about a thing of this workspace, the program first; none where it has no page."""
    if public_id[:3] not in _FOUND:
        return ()
    rows, owned_by, keys = _FOUND[public_id[:3]]
    return rows.filter(**{"pk": public_id, owned_by: workspace_id}).values_list(*keys).first() or ()


def is_alone(workspace_id: str) -> bool:
    """Say whether this installation serves no other workspace."""
    return not Program.objects.exclude(workspace_id=workspace_id).exists()
