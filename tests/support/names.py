"""A real name server for a test: it answers on this machine from records that the test changes as it goes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], list[str]]


@dataclass
class NameServer:
    """`zone` holds the records by name and kind; a `silent` server answers that it failed."""

    port: int
    zone: Zone = field(default_factory=dict)
    silent: bool = False

    @property
    def address(self) -> str:
        """What `RAPPORT_DNS_SERVER` takes."""
        return f"127.0.0.1:{self.port}"

    def say(self, name: str, kind: str, *texts: str) -> None:
        """Let a record say this from now on; nothing removes it."""
        self.zone[name, kind] = [f'"{text}"' if kind == "TXT" else text for text in texts]

    def answer(self, asked: bytes) -> bytes:
        """Answer one question."""
        query = dns.message.from_wire(asked)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA | dns.flags.AA
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        found = self.zone.get((name, kind), [])
        if self.silent:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            answer.answer.append(dns.rrset.from_text(question.name, 1, "IN", kind, *found))
        elif not any(known == name for known, _kind in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()


@contextmanager
def naming() -> Iterator[NameServer]:
    """Run a name server on a free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        asked.settimeout(0.1)
        server, ending = NameServer(asked.getsockname()[1]), threading.Event()

        def serve() -> None:
            while not ending.is_set():
                try:
                    question, caller = asked.recvfrom(4_096)
                except TimeoutError:
                    continue
                asked.sendto(server.answer(question), caller)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server
        finally:
            ending.set()
            thread.join()
