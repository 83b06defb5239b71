"""Refusals: what a person or a program may not do, said in a sentence that helps."""

from collections.abc import Mapping


class Refusal(Exception):
    """A business refusal. `code` is stable, the sentence is for people, `fields` maps a field to its sentence."""

    code = "refused"

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        """Keep the sentence and where it belongs."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})


class BadInput(Refusal):
    """Something given cannot be used; `fields` says where and what to do."""

    code = "bad_input"


class KeyReused(Refusal):
    """An idempotency key came again with another request."""

    code = "key_reused"


class Unreadable(Refusal):
    """Something is kept sealed and cannot be opened: its key is missing, or somebody changed it."""

    code = "unreadable"
