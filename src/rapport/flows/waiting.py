"""What waits for a person in a program: counts for the frame of every page, rows for Today."""

from dataclasses import dataclass

from rapport.apps.commissions.models import Commission, CommissionState, Proposal, ProposalState
from rapport.apps.conversions.queries import conversions_in_conflict, refused_receipts, waiting_corrections
from rapport.apps.partners.queries import open_applications
from rapport.apps.programs.models import Program


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, by place."""

    applications: int
    conversions: int
    commissions: int

    @property
    def together(self) -> int:
        """Return all that waits."""
        return self.applications + self.conversions + self.commissions


def count_waiting(program: Program) -> Counts:
    """Count what waits in a program."""
    proposals = Proposal.objects.filter(commission__agreement__program=program, state=ProposalState.OPEN)
    held = Commission.objects.filter(agreement__program=program, state=CommissionState.HELD)
    return Counts(
        applications=open_applications(program.id).count(),
        conversions=conversions_in_conflict(program.id).count()
        + waiting_corrections(program.id).count()
        + refused_receipts(program.id).count(),
        commissions=proposals.count() + held.exclude(conversion__in_conflict=True).count(),
    )
