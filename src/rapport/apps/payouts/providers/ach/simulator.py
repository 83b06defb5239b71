"""An American bank on paper: reads a NACHA file and sends back what a story says was returned or must be corrected."""

from collections.abc import Mapping

from rapport.apps.payouts.providers.ach.writer import WIDTH, tail_of


def return_file(content: bytes, said: Mapping[str, str]) -> bytes:
    """Return the file of a bank: for each payout `R03` or such, or `C01 123` with what should be written instead."""
    lines = content.decode("ascii").splitlines()
    codes = {tail_of(payout_id): code for payout_id, code in said.items()}
    answer, header = [lines[0]], ""
    for line in lines[1:]:
        if line[0] == "5":
            header = line
        code = codes.get(line[39:54].strip()) if line[0] == "6" else None
        if code:
            answer += [header, _entry(line, code), _addenda(line, code)]
    answer.append("9".ljust(WIDTH, "0"))
    return "".join(f"{line}\n" for line in answer).encode("ascii")


def _entry(line: str, code: str) -> str:
    """Return the entry as it comes back: its kind turned, of a notification without an amount, an addenda announced."""
    amount = "0" * 10 if code[0] == "C" else line[29:39]
    return f"6{line[1]}1{line[3:29]}{amount}{line[39:78]}1{line[79:]}"


def _addenda(line: str, code: str) -> str:
    word, _space, corrected = code.partition(" ")
    kind = "98" if word[0] == "C" else "99"
    return f"7{kind}{word}{line[79:94]}      {line[3:11]}{corrected.ljust(44)[:44]}{line[79:94]}".ljust(WIDTH)
