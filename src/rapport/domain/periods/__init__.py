"""What is promised over a period of one agreement: which conversions count, and what they come to together."""

from rapport.domain.periods.calendar import Period, period_of
from rapport.domain.periods.counting import Counted, Counting, counting_of
from rapport.domain.periods.document import from_document, to_document
from rapport.domain.periods.judging import PeriodJudgement, judge_period
from rapport.domain.periods.progress import Progress, progress_of
from rapport.domain.periods.slices import StepPaid

__all__ = [
    "Counted",
    "Counting",
    "Period",
    "PeriodJudgement",
    "Progress",
    "StepPaid",
    "counting_of",
    "from_document",
    "judge_period",
    "period_of",
    "progress_of",
    "to_document",
]
