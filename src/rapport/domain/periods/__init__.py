"""What is promised over a period of one agreement: which conversions count, and what they come to together."""

from rapport.domain.periods.calendar import Period, period_of
from rapport.domain.periods.counting import Counted, Counting, counting_of
from rapport.domain.periods.document import from_document, to_document
from rapport.domain.periods.judging import PeriodJudgement, judge_period
from rapport.domain.periods.progress import Progress, progress_of
from rapport.domain.periods.slices import StepPaid
from rapport.domain.periods.visits import exact_minor, judge_visits

__all__ = [
    "Counted",
    "Counting",
    "Period",
    "PeriodJudgement",
    "Progress",
    "StepPaid",
    "counting_of",
    "exact_minor",
    "from_document",
    "judge_period",
    "judge_visits",
    "period_of",
    "progress_of",
    "to_document",
]
