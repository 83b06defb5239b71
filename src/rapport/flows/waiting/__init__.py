"""What waits for a person in a program: counts for the frame of every page, rows with their promises for Today."""

from rapport.flows.waiting.kinds import PROMISES, Counts, Waiting, Waits
from rapport.flows.waiting.reading import count_waiting, problem_words, what_waits
from rapport.flows.waiting.together import alike_together

__all__ = ["PROMISES", "Counts", "Waiting", "Waits", "alike_together", "count_waiting", "problem_words", "what_waits"]
