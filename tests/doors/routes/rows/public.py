"""Rows of the public pages."""

from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.programs.actions import create_program
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.queries import version_in_force
from rapport.apps.replays.actions import share_replay
from rapport.domain.terms import presets
from rapport.flows.admission import apply
from rapport.flows.replaying.sharing import share_link
from rapport.kit.clock import now
from tests.doors.routes.table import Addressed, Row, everybody
from tests.make.identity import STORY, Cast
from tests.make.replays import make_replay
from tests.make.road import make_program


def program(cast: Cast) -> Addressed:
    """An open program; a draft has no public page yet."""
    given = ProgramInput(
        name="Later", slug="later", currency="EUR", zone="Europe/Berlin", landing_url="https://shop.example/"
    )
    create_program(workspace_id=cast.ours.id, given=given, document=dict(presets()[0].document), by=STORY, at=now())
    foreign = tuple({"slug": slug} for slug in ("later", "missing"))
    return Addressed(own={"slug": make_program(cast.ours).slug}, elsewhere=foreign)


def application(cast: Cast) -> Addressed:
    """An application by its mailed address; under another program or another secret there is none."""
    row, other = make_program(cast.ours), make_program(cast.theirs)
    version = version_in_force(row.id, at=now())
    assert version is not None
    given = ApplicationInput(
        name="Mira Falk",
        organisation_name="Sleep Atlas",
        email="mira@sleepatlas.example",
        website="https://sleepatlas.example",
        segment="niche",
        promotion="I compare mattresses.",
        accepted_version=version.id,
    )
    secret = apply(program=row, given=given, at=now()).path.rsplit("/", 1)[1]
    elsewhere = ((other.slug, secret), (row.slug, "invented"))
    return Addressed(
        own={"slug": row.slug, "secret": secret},
        elsewhere=tuple({"slug": slug, "secret": words} for slug, words in elsewhere),
    )


def shared(cast: Cast) -> Addressed:
    """A link that shows a replay of ours; a token that nobody signed."""
    made = share_replay(replay=make_replay(make_program(cast.ours)), shows_names=False, days=7, by=STORY, at=now())
    return Addressed(own={"token": share_link(made).rpartition("/")[2]}, elsewhere=({"token": "invented"},))


ROWS = (
    Row("public:replay", "GET", everybody(), at=shared),
    Row("public:program", "GET", everybody(), at=program),
    Row("public:program", "POST", everybody(ok=422), at=program),
    Row("public:thanks", "GET", everybody(), at=program),
    Row("public:application", "GET", everybody(), at=application),
    Row("public:application", "POST", everybody(ok=422), at=application),
    Row("public:prove", "POST", everybody(ok=303), at=application),
    Row("receipt", "GET", everybody()),
    Row("receipt", "POST", everybody(ok=422)),
    Row("terms-schema", "GET", everybody()),
    # There is no shop without the demo.
    Row("demo-shop", "GET", everybody(ok=404)),
    Row("demo-shop-page", "GET", everybody(ok=404), at=lambda _cast: Addressed(own={"page": "robe"}, elsewhere=())),
)
