"""A small program to judge in: one version of terms, partners Anna and Ben, and a customer who clicks and buys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rapport.domain.judge import judge
from rapport.domain.judgement import Decision
from rapport.domain.promises import InForce, Promises, Standing
from rapport.domain.story import AmountReport, ReportedConversion, Story, Touch
from rapport.domain.terms import Terms
from tests.make.scenarios import parsed

ANNA, BEN = "agr_anna", "agr_ben"
DAY_MS = 86_400_000


def moment(text: str) -> int:
    """Return a moment of UTC, written as in 2026-03-19 21:19, in milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOON = moment("2026-03-19 12:00")
"""When orders happen in these stories, if nothing else is said."""


def make_terms(currency: str = "EUR", **sections: object) -> Terms:
    """Return terms of 12 % of every sale, for 30 days, with whatever sections a story changes."""
    sale = {"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "12"}}
    return parsed({"language": 1, "rules": [sale], **sections}, currency)


def make_standing(agreement_id: str, **changes: Any) -> Standing:  # noqa: ANN401 - any field of a standing
    """Return an agreement that accepted the first version long ago and is active."""
    return Standing(
        **{"agreement_id": agreement_id, "active_from_ms": 0, "acceptances": (InForce("trm_1", 0),), **changes}
    )


def make_promises(
    *standings: Standing, terms: Mapping[str, Terms] | None = None, program: tuple[InForce, ...] | None = None
) -> Promises:
    """Return a program with one version in force and two active agreements, unless a story says otherwise."""
    known = {ANNA: make_standing(ANNA), BEN: make_standing(BEN)}
    return Promises(
        terms=terms or {"trm_1": make_terms()},
        program=program if program is not None else (InForce("trm_1", 0),),
        agreements=known | {standing.agreement_id: standing for standing in standings},
    )


def make_click(click_id: str = "click", *, of: str = ANNA, at_ms: int = NOON - DAY_MS, **more: Any) -> Touch:  # noqa: ANN401 - any field of a touch
    """Return a good click of an agreement, a day before the order."""
    return Touch(**{"click_id": click_id, "agreement_id": of, "at_ms": at_ms, "link_id": "lnk_1", **more})


def make_sale(number: int = 1, *, total_minor: int = 10_000, **more: Any) -> ReportedConversion:  # noqa: ANN401 - any field of a conversion
    """Return a sale of 100.00, reported once, at noon."""
    facts: dict[str, Any] = {
        "id": f"cnv_{number}",
        "kind": "sale",
        "external_id": f"{number}",
        "occurred_at_ms": NOON,
        "reports": (AmountReport(total_minor=total_minor),),
    }
    return ReportedConversion(**facts | more)


def make_story(*conversions: ReportedConversion, touches: tuple[Touch, ...] = ()) -> Story:
    """Return the story of one customer in a program in Berlin."""
    return Story(program_id="prg_1", zone="Europe/Berlin", currency="EUR", touches=touches, conversions=conversions)


def decide(conversion: ReportedConversion, *touches: Touch, promises: Promises | None = None) -> Decision:
    """Return the decision on the only conversion of a story."""
    story = make_story(conversion, touches=touches)
    return judge(story, promises or make_promises()).on(conversion.id)
