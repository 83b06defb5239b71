"""Answer a request once: the answer is kept in the write that it tells of, and a repeated request gets it again."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.record.actions import keep_answer
from rapport.apps.record.queries import kept_answer
from rapport.apps.record.write import transaction
from rapport.flows.retrying import until_settled


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door answers: an HTTP status and a JSON body."""

    status: int
    body: Mapping[str, object]
    again: bool = False


def answer_once(*, scope: str, key: str, request: object, at: datetime, answer: Callable[[], Answer]) -> Answer:
    """Return the answer kept under this key, or make it and keep it, in one transaction; no key keeps nothing.

    `request` is what the key stands for; another request under the same key is refused (`KeyReused`).
    """
    if not key:
        return answer()
    digest = _digest(request)

    def attempt() -> Answer:
        # Looked up at every try: a twin of this request may have been faster, and then its answer is the answer.
        kept = _kept(scope, key, digest)
        if kept:
            return kept
        with transaction():
            made = answer()
            keep_answer(scope=scope, key=key, request_digest=digest, status=made.status, body=made.body, at=at)
            return made

    return until_settled(attempt)


def _kept(scope: str, key: str, digest: str) -> Answer | None:
    kept = kept_answer(scope=scope, key=key, request_digest=digest)
    return Answer(kept.status, kept.body, again=True) if kept else None


def _digest(request: object) -> str:
    return hashlib.sha256(_encode(request).encode()).hexdigest()


# Kept: `json.dumps` makes an encoder for every call that asks for anything special.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode
