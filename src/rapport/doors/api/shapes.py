"""What the API takes and answers; money is a decimal text beside its currency."""

from typing import Annotated

from ninja import Schema
from pydantic import Field

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput

ProgramId = Annotated[
    str,
    Field(max_length=32, description="The program's id (`prg_…`). May be left out where the key's workspace has one."),
]


class ConversionBody(ConversionInput):
    """A conversion to report."""

    program: ProgramId = ""


class CorrectionBody(CorrectionInput):
    """A refund, cancellation, chargeback or amendment to report."""

    program: ProgramId = ""


class WarningOut(Schema):
    """Something about a kept report that its sender should look at."""

    code: str
    field: str
    sentence: str


class CommissionOut(Schema):
    """What an agreement earns from a conversion."""

    id: str
    agreement: str
    state: str
    amount: str
    currency: str
    hold_until: str
    explain: str


class RateOut(Schema):
    """What one of the order's currency was worth in the program's, on a day; `exact` is what `rate` rounds."""

    to: str
    rate: str
    exact: str
    day: str
    source: str


class ConversionOut(Schema):
    """A conversion as it stands."""

    id: str
    program: str
    kind: str
    external_id: str
    state: str
    occurred_at: str
    total: str
    remaining: str
    currency: str
    rate: RateOut | None
    test: bool
    outcome: str
    commissions: list[CommissionOut]


class ConversionTaken(Schema):
    """What became of a reported conversion: `taken` is new, known, added, amended or conflict."""

    taken: str
    conversion: ConversionOut
    warnings: list[WarningOut]


class CorrectionTaken(Schema):
    """What became of a reported correction; a waiting one has no conversion yet."""

    taken: str
    id: str
    kind: str
    external_id: str
    of: str
    conversion: ConversionOut | None
    warnings: list[WarningOut]


class ProblemOut(Schema):
    """Why a postback could not be used, at which of its fields."""

    field: str
    sentence: str


class ReceiptOut(Schema):
    """What became of a postback: `state` is taken, known, conflict, waiting or refused; `subject` what it reported.

    Not `authentic` is what a page told, without a secret: it is held until a server confirms it.
    """

    id: str
    program: str
    state: str
    subject: str
    problems: list[ProblemOut]
    warnings: list[WarningOut]
    authentic: bool
    received_at: str
    handled_at: str
