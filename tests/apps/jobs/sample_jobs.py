"""Jobs for the stories of this folder; what they do shows in a file, so that other processes can see it."""

import os
import time
from pathlib import Path

from rapport.apps.jobs.progress import report_progress
from rapport.apps.jobs.retry import job
from rapport.apps.record.errors import Refusal


def write_line(path: str, line: str) -> None:
    """Append one line in one write, so that lines of several processes never mix."""
    with Path(path).open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def lines(path: Path) -> list[str]:
    """Return what the jobs wrote so far."""
    return path.read_text().splitlines() if path.exists() else []


@job(retries=3, first_wait_s=0.01)
def note(path: str, line: str) -> str:
    write_line(path, line)
    return line


@job(retries=3, first_wait_s=0.01)
def note_when(path: str, asked_s: float) -> None:
    write_line(path, str(time.time() - asked_s))


@job(retries=2, first_wait_s=10)
def fail(why: str) -> None:
    raise RuntimeError(why)


@job(retries=2, first_wait_s=0.01)
def fail_first_time(path: str) -> None:
    write_line(path, "tried")
    if len(lines(Path(path))) == 1:
        raise RuntimeError("the other side is away")


@job(retries=2)
def refuse() -> None:
    raise Refusal("Already paid.")


@job(retries=0)
def pay_once(path: str) -> None:
    write_line(path, "paid")


@job(key="publish:{program_id}", first_wait_s=10)
def publish(program_id: str, reason: str = "changed") -> str:
    return f"{program_id} {reason}"


@job(retries=3, first_wait_s=0.01)
def take_long(path: str, seconds: float) -> None:
    write_line(path, f"begin {os.getpid()}")
    time.sleep(seconds)
    write_line(path, "end")


@job(retries=3, first_wait_s=0.01)
def walk(path: str, steps: int) -> None:
    for step in range(steps):
        report_progress(done=step, total=steps, message=f"Step {step}")
        time.sleep(0.05)
    write_line(path, "arrived")


@job(queue="long")
def import_file(path: str, seconds: float) -> None:
    write_line(path, "import begins")
    time.sleep(seconds)
    write_line(path, "import ends")


@job()
def answer_with_a_moment() -> object:
    return object()
