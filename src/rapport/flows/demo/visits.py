"""Visits of the demo: written into the real journal as the edge writes them, with capsules of the real key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from rapport.apps.tracking.actions import ensure_click_key
from rapport.apps.tracking.keys import key_of
from rapport.apps.tracking.models import Link
from rapport.flows.demo.planning import Kind, Visit
from rapport.flows.demo.staging import BY, Stage
from rapport.kit.clock import to_ms
from rapport.kit.ids import new_id, random_token
from rapport.lake.ingest import ingest
from rapport.lake.questions import lake_at
from rapport.wire.clickid import Key, Mark, mint
from rapport.wire.events import ClickEvent, PostbackEvent
from rapport.wire.journal import JournalWriter

_MARKS = {Kind.BOT: Mark.BOT, Kind.FRAMED: Mark.FRAMED}
_REASONS = {Kind.BOT: "declared_bot", Kind.FRAMED: "framed"}
_AGENTS = {
    Kind.PHONE: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1",
    Kind.DESK: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    Kind.TABLET: "Mozilla/5.0 (iPad; CPU OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.4 Mobile/15E148 Safari/604.1",
    Kind.BOT: "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    Kind.FRAMED: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
}
_TOPICS: tuple[dict[str, str], ...] = (
    {"sub1": "autumn"},
    {"sub1": "gift-guide"},
    {"sub1": "evergreen", "sub2": "top"},
    {},
    {},
    {},
)
_LANGUAGES = ("de-DE", "de-DE", "de-AT", "de-CH", "nl-NL")


@dataclass(frozen=True, slots=True)
class Tracks:
    """Where visits leave their traces: the stage and the key that signs click ids."""

    stage: Stage
    key: Key

    def click_id(self, visit: Visit) -> str:
        """Return the click id of a visit; the same visit has the same one."""
        link = self.stage.partners[visit.player].links[visit.link]
        return self.mint(link, at=visit.at, noise=visit.noise, marks=_MARKS.get(visit.kind, Mark(0)))

    def mint(self, link: Link, *, at: datetime, noise: bytes, marks: Mark = Mark(0)) -> str:  # noqa: B008 - frozen
        """Return a click id of a link."""
        return mint(key=self.key, at_ms=to_ms(at), link_number=link.number, marks=marks, random=noise)

    def event(self, visit: Visit) -> ClickEvent:
        """Return what the edge would have written."""
        partner = self.stage.partners[visit.player]
        link = partner.links[visit.link]
        return ClickEvent(
            at_ms=to_ms(visit.at),
            click_id=self.click_id(visit),
            link_number=link.number,
            link_id=link.id,
            code=link.code,
            agreement_id=partner.agreement.id,
            program_id=self.stage.program.id,
            marks=int(_MARKS.get(visit.kind, 0)),
            reason=_REASONS.get(visit.kind),
            destination=link.destination,
            subs=_TOPICS[visit.topic],
            placement=link.placement,
            channel=link.channel,
            referrer=f"https://{partner.player.email.split('@')[0]}.example/",
            user_agent=_AGENTS[visit.kind],
            address=f"198.51.100.{visit.noise[0]}",
            language=_LANGUAGES[visit.noise[1] % len(_LANGUAGES)],
        )


def tracks_of(stage: Stage) -> Tracks:
    """Return where the visits of a stage leave their traces."""
    row = ensure_click_key(by=BY, at=stage.play.starts_at - timedelta(days=20))
    return Tracks(stage, key_of(row))


def write_visits(tracks: Tracks, visits: Iterable[Visit], *, at: datetime, again: bool = False) -> None:
    """Write visits into the journal and carry them into the lake; `again` leaves out what a cut-off round wrote."""
    events = [tracks.event(visit) for visit in visits]
    if again:
        carry_over(at=at)
        known = lake_at(settings.LAKE_FOLDER).facts_of({event.click_id for event in events})
        events = [event for event in events if event.click_id not in known]
    append(events)
    carry_over(at=at)


def append(events: Iterable[ClickEvent | PostbackEvent]) -> None:
    """Write events into the journal."""
    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id=f"demo-{random_token(6)}")
    for event in events:
        writer.append(event)
    writer.sync()
    writer.close()


def carry_over(*, at: datetime) -> None:
    """Carry the journal into the lake."""
    ingest(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER, now_ms=to_ms(at))


def postbacks(stage: Stage, numbers: Iterable[int], *, at: datetime) -> list[PostbackEvent]:
    """Return two postbacks as the edge acknowledges them: one that can be read, and one that a person must look at."""
    return [
        PostbackEvent(
            receipt_id=new_id("rcp", at=at),
            at_ms=to_ms(at),
            program_id=stage.program.id,
            auth="token",
            params={"order_id": str(number), "amount": amount, "coupon": "JAR15"},
        )
        for number, amount in zip(numbers, ("118.00", "64,50 EUR"), strict=True)
    ]
