"""Choose how the postbacks of a program are read."""

from datetime import datetime

from rapport.apps.conversions.inputs import ProfileInput
from rapport.apps.conversions.models import PostbackProfile
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.vault import seal_cell
from rapport.apps.record.write import transaction


def choose_profile(*, program: Program, given: ProfileInput, by: Actor, at: datetime) -> PostbackProfile:
    """Read postbacks that arrive from now on by this profile; an empty secret leaves the known one."""
    with transaction():
        known = PostbackProfile.objects.select_for_update().filter(program=program).first()
        row = known or PostbackProfile(program=program)
        if known and (known.profile, known.names) == (given.profile, given.told) and not given.secret:
            return known
        row.profile, row.names, row.changed_at = given.profile, given.told, at
        if given.secret:
            seal_cell(row, "secret", given.secret)
        row.save()
        data = {"profile": given.profile, "names": given.told}
        what = "postback_profile.chosen"
        audit(by=by, at=at, action=what, subject=program.id, workspace_id=program.workspace_id, data=data)
        announce(at=at, kind=what, subject=program.id, workspace_id=program.workspace_id, data=data)
    return row
