"""What a program has promised so far, loaded once per use-case: its versions for reading reports and for judging."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.conversions.queries import LoadedStory
from rapport.apps.conversions.reading import Frame
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.rights import Capability, organisations_of
from rapport.apps.partners.queries import standings
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import kinds_named, terms_by_version, terms_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.errors import BadInput
from rapport.domain.promises import InForce, Promises
from rapport.domain.terms import Terms
from rapport.kit.clock import to_ms


@dataclass(frozen=True)
class Offer:
    """A program with all versions of its terms that were published for everybody."""

    program: Program
    versions: tuple[TermsVersion, ...]

    @cached_property
    def terms(self) -> dict[str, Terms]:
        """Return the typed terms by version id."""
        return {version.id: terms_of(version, currency=self.program.currency) for version in self.versions}

    @cached_property
    def frame(self) -> Frame:
        """Return what reports of this program are read against."""
        kinds = kinds_named(self.terms.values())
        program = self.program
        return Frame(program.id, program.currency, kinds, workspace_id=program.workspace_id, zone=program.zone)

    def promises_for(self, stories: Iterable[LoadedStory]) -> Promises:
        """Return what was promised to the agreements that these stories name."""
        named = {touch.agreement_id for loaded in stories for touch in loaded.story.touches if touch.agreement_id}
        for loaded in stories:
            named |= {told.agreement_id for told in loaded.story.bindings}
            for conversion in loaded.story.conversions:
                named |= {use.agreement_id for use in conversion.coupons if use.agreement_id}
        known = standings(named) if named else {}
        bound = {one.version_id for life in known.values() for one in (*life.acceptances, *life.offers)}
        own = bound - self.terms.keys()
        # What was published and accepted before the locks were held is missing here, and asked for then.
        offer = load_offer(self.program.id) if own else self
        return Promises(
            terms={**offer.terms, **terms_by_version(own, currency=self.program.currency)} if own else offer.terms,
            program=tuple(InForce(version.id, to_ms(version.effective_at)) for version in offer.versions),
            agreements=known,
        )


def load_offer(program_id: str) -> Offer:
    """Load a program and its published versions; raises Program.DoesNotExist."""
    for program in _programs(program_id=program_id):
        return _offer_of(program)
    raise Program.DoesNotExist


def _offer_of(program: Program) -> Offer:
    return Offer(program, tuple(_versions(program_id=program.id)))


@composed
def _programs(program_id: str) -> QuerySet[Program]:
    return Program.objects.filter(pk=program_id)


@composed
def _versions(program_id: str) -> QuerySet[TermsVersion]:
    # The documents stay behind, because typed terms are remembered by version.
    everybodys = TermsVersion.objects.filter(program_id=program_id, own__isnull=True)
    return everybodys.defer("document").order_by("number")


def find_offer(program_id: str, *, by: Actor) -> Offer:
    """Load the program named, or the only one that the actor reports to; foreign and missing ones are `NotFound`."""
    mine = sorted(organisations_of(by, Capability.CONVERSION_REPORT))
    found = _named(program_id=program_id, organisations=mine) if program_id else _first_two(organisations=mine)
    if program_id and not found:
        raise NotFound
    if len(found) != 1:
        sentence = _("Say which program this belongs to, such as prg_….")
        raise BadInput(sentence, fields={"program": sentence})
    return _offer_of(found[0])


@composed
def _named(program_id: str, organisations: Sequence[str]) -> QuerySet[Program]:
    return Program.objects.filter(pk=program_id, workspace_id__in=organisations)


@composed
def _first_two(organisations: Sequence[str]) -> QuerySet[Program]:
    return Program.objects.filter(workspace_id__in=organisations).order_by("id")[:2]
