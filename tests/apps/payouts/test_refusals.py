"""What payouts refuses is said in a sentence that helps, under a code that programs can rely on."""

from collections.abc import Callable
from datetime import date

import pytest

from rapport.apps.payouts import errors
from rapport.apps.payouts.models import PayoutRunState, PayoutState
from rapport.apps.record.errors import Refusal
from rapport.domain.payouts import NoSecondPerson

REFUSALS: list[tuple[Callable[[], Refusal], str, str]] = [
    (
        errors.MethodOfOthersToo,
        "method_of_others_too",
        "This partner is paid by others too, so only the partner can say how.",
    ),
    (
        errors.RunNotReady,
        "run_not_ready",
        "This run is still being prepared. Wait until it has looked at every partner.",
    ),
    (
        lambda: errors.RunDecided(str(PayoutRunState.ABANDONED.label)),
        "run_decided",
        "This run is decided already: abandoned.",
    ),
    (errors.NothingToPay, "nothing_to_pay", "This run pays nobody. Abandon it."),
    (
        lambda: errors.SecondPersonNeeded(NoSecondPerson.PREPARED_IT),
        "second_person_needed",
        "You prepared this run. Another person must approve it.",
    ),
    (
        lambda: errors.SecondPersonNeeded(NoSecondPerson.CHANGED_A_METHOD),
        "second_person_needed",
        "You changed how a partner in this run is paid. Another person must approve it.",
    ),
    (
        lambda: errors.PayoutMoved(str(PayoutState.SENT.label)),
        "payout_moved",
        "This cannot be done with a payout that is sent.",
    ),
    (
        errors.MadeMeanwhile,
        "made_meanwhile",
        "Somebody changed this run or its account just now. Look at it again, then make the file.",
    ),
    (
        errors.FormatNotOffered,
        "format_not_offered",
        "There is no such file here. Say first in the settings where the money comes from.",
    ),
    (
        lambda: errors.AmountTooLarge("1.00 EUR"),
        "amount_too_large",
        "1.00 EUR is more than this file has room for. Take it out of the run and pay it by hand.",
    ),
    (lambda: errors.CallMoved("Given back"), "call_moved", "This cannot be done with a call that is: given back."),
    (
        errors.TooLateToAskAgain,
        "too_late_to_ask_again",
        "It is too long ago to ask again. Look it up at the provider and note every payout.",
    ),
    (
        errors.ChangeIsOver,
        "change_is_over",
        "The payout method was changed since, or this has to be entered by hand. Look at it.",
    ),
    (errors.NotApproved, "run_not_approved", "A second person has to approve this run first."),
    (
        errors.FileIsMade,
        "file_is_made",
        "This payout stands in a file already. Say what became of it when the bank knows.",
    ),
]


@pytest.mark.parametrize(("refuse", "code", "sentence"), REFUSALS)
def test_a_refusal_says_why_and_what_to_do(refuse: Callable[[], Refusal], code: str, sentence: str) -> None:
    refusal = refuse()
    assert (refusal.code, refusal.sentence, str(refusal), refusal.fields) == (code, sentence, sentence, {})


def test_a_total_or_a_day_that_cannot_be_is_refused_at_its_field() -> None:
    total, day = errors.TotalDiffers(), errors.PaydayPassed(date(2026, 5, 4))
    said = "This is not the total of the run. Compare it with the page and write it again."
    assert (total.code, total.sentence, total.fields) == ("total_differs", said, {"total": said})
    said = "Choose a day from 2026-05-04 on."
    assert (day.code, day.sentence, day.fields) == ("payday_passed", said, {"pay_on": said})
