"""Rows of the pages of a program itself: creating it, its terms, its settings, its integration."""

from rapport.apps.replays.actions import share_replay
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.domains import add_domain
from rapport.apps.tracking.inputs import DomainInput
from rapport.apps.tracking.models import PostbackWay
from rapport.kit.clock import now
from tests.doors.routes.rows.settings import organisation
from tests.doors.routes.table import TEAM, Addressed, Row, team
from tests.make.identity import STORY, Cast
from tests.make.replays import make_replay
from tests.make.road import make_program


def program(cast: Cast) -> Addressed:
    """An open program with its first version; the id of a workspace names none."""
    ours, theirs = make_program(cast.ours), make_program(cast.theirs)
    foreign = ({"program_id": other} for other in (theirs.id, cast.ours.id, "prg_missing"))
    return Addressed(own={"program_id": ours.id}, elsewhere=tuple(foreign))


def version(cast: Cast) -> Addressed:
    """The first version of the terms; there is no ninth."""
    ours, theirs = make_program(cast.ours).id, make_program(cast.theirs).id
    foreign = ((theirs, "1"), (ours, "9"), ("prg_missing", "1"))
    return Addressed(
        own={"program_id": ours, "number": "1"},
        elsewhere=tuple({"program_id": other, "number": number} for other, number in foreign),
    )


def secret(cast: Cast) -> Addressed:
    """A postback token."""
    programs = make_program(cast.ours).id, make_program(cast.theirs).id
    ours, theirs = (
        issue_postback_secret(program_id=each, way=PostbackWay.TOKEN, by=STORY, at=now()).secret.id for each in programs
    )
    foreign = ((programs[1], theirs), (programs[0], theirs), (programs[1], ours), (programs[0], "pbs_missing"))
    return Addressed(
        own={"program_id": programs[0], "secret_id": ours},
        elsewhere=tuple({"program_id": other, "secret_id": each} for other, each in foreign),
    )


def domain(cast: Cast) -> Addressed:
    """A name of a program's own."""
    programs = make_program(cast.ours).id, make_program(cast.theirs).id
    given = DomainInput(name="go.shop.invalid")
    ours, theirs = (add_domain(program_id=each, given=given, by=STORY, at=now()).id for each in programs)
    foreign = ((programs[1], theirs), (programs[0], theirs), (programs[1], ours), (programs[0], "dom_missing"))
    return Addressed(
        own={"program_id": programs[0], "domain_id": ours},
        elsewhere=tuple({"program_id": other, "domain_id": each} for other, each in foreign),
    )


def replay(cast: Cast) -> Addressed:
    """A replay with its answer."""
    programs = make_program(cast.ours), make_program(cast.theirs)
    ours, theirs = (make_replay(each).id for each in programs)
    own, foreign = (program.id for program in programs)
    elsewhere = ((foreign, theirs), (own, theirs), (foreign, ours), (own, "rpl_missing"))
    return Addressed(
        own={"program_id": own, "replay_id": ours},
        elsewhere=tuple({"program_id": other, "replay_id": each} for other, each in elsewhere),
    )


def share(cast: Cast) -> Addressed:
    """A link that shows a replay."""
    programs = make_program(cast.ours), make_program(cast.theirs)
    replays = [make_replay(each) for each in programs]
    ours, theirs = (share_replay(replay=each, shows_names=False, days=7, by=STORY, at=now()) for each in replays)
    own, foreign = (program.id for program in programs)
    elsewhere = (
        (foreign, replays[1].id, theirs.id),
        (own, replays[0].id, theirs.id),
        (own, replays[0].id, "shr_missing"),
    )
    return Addressed(
        own={"program_id": own, "replay_id": replays[0].id, "share_id": ours.id},
        elsewhere=tuple(
            {"program_id": program, "replay_id": each, "share_id": link} for program, each, link in elsewhere
        ),
    )


RUNNERS = ("owner", "manager")

ROWS = (
    Row("program:choose", "GET", team(*RUNNERS, ok=302)),
    Row("program:create", "GET", team(*RUNNERS), at=organisation),
    Row("program:create", "POST", team(*RUNNERS, ok=422), at=organisation),
    Row("program:settings", "GET", team(*TEAM), at=program),
    Row("program:settings", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:approval", "GET", team(*TEAM), at=program),
    Row("program:approval", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:tags", "GET", team(*TEAM), at=program),
    Row("program:tags", "POST", team(*RUNNERS, ok=422), at=program, data={"utm_source": "{nobody}"}),
    Row("program:postbacks", "GET", team(*TEAM), at=program),
    Row("program:postbacks", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:postbacks-try", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:move", "POST", team(*RUNNERS, ok=303), at=program, data={"state": "paused"}),
    Row("program:domains", "GET", team(*TEAM), at=program),
    Row("program:domains", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:domain-check", "POST", team(*RUNNERS, ok=303), at=domain),
    Row("program:domain-show", "POST", team(*RUNNERS, ok=303), at=domain),
    Row("program:domain-remove", "POST", team(*RUNNERS, ok=303), at=domain),
    Row("program:terms", "GET", team(*TEAM), at=program),
    Row("program:terms", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:terms-preview", "POST", team(*RUNNERS), at=program),
    Row("program:terms-yaml", "GET", team(*RUNNERS), at=program),
    Row("program:terms-yaml", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:terms-publish", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:replays", "GET", team(*TEAM), at=program),
    Row("program:replays", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:replay", "GET", team(*TEAM), at=replay),
    Row("program:replay-progress", "GET", team(*TEAM), at=replay),
    Row("program:replay-csv", "GET", team(*TEAM), at=replay),
    Row("program:replay-keep", "POST", team(*RUNNERS, ok=303), at=replay),
    Row("program:replay-share", "POST", team(*RUNNERS, ok=422), at=replay),
    Row("program:replay-unshare", "POST", team(*RUNNERS, ok=303), at=share),
    Row("program:version", "GET", team(*TEAM), at=version),
    Row("program:integration", "GET", team(*RUNNERS), at=program),
    Row("program:integration", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:send-test", "POST", team(*RUNNERS, ok=422), at=program),
    Row("program:postback-revoke", "POST", team(*RUNNERS, ok=303), at=secret),
)
