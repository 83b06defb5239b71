"""A certificate authority on this machine (Pebble, by Let's Encrypt): it checks names as the real one does."""

import json
import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rapport.kit.clock import now
from tests.support.ports import free_port
from tests.support.processes import end_with_parent

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Authority:
    """`directory` is its ACME address, `own_root` certifies its own server, `trusted` what it gives out."""

    directory: str
    own_root: Path
    trusted: Path


@contextmanager
def certifying(folder: Path, *, names: str, http_port: int, https_port: int) -> Iterator[Authority]:
    """Run Pebble: it asks the name server `names` where a name leads, and looks there on these ports."""
    acme, manage = free_port(), free_port()
    make_certificate(folder)
    (folder / "pebble.json").write_text(
        json.dumps(
            {
                "pebble": {
                    "listenAddress": f"127.0.0.1:{acme}",
                    "managementListenAddress": f"127.0.0.1:{manage}",
                    "certificate": str(folder / "own.pem"),
                    "privateKey": str(folder / "own.key"),
                    "httpPort": http_port,
                    "tlsPort": https_port,
                    "ocspResponderURL": "",
                    "externalAccountBindingRequired": False,
                }
            }
        )
    )
    with (folder / "pebble.log").open("wb") as log:
        process = subprocess.Popen(
            ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", names, "-strict"],
            env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other way ends with a test run that was killed
        )
    try:
        trusted = folder / "trusted.pem"
        trusted.write_text(_root(f"https://127.0.0.1:{manage}/roots/0", own_root=folder / "own.pem"))
        yield Authority(f"https://127.0.0.1:{acme}/dir", folder / "own.pem", trusted)
    finally:
        process.terminate()
        process.wait()


def _root(url: str, *, own_root: Path) -> str:
    deadline, trust = time.monotonic() + START_SECONDS, ssl.create_default_context(cafile=str(own_root))
    while True:
        try:
            return httpx.get(url, verify=trust, timeout=5).raise_for_status().text
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def make_certificate(folder: Path, *, address: str = "127.0.0.1") -> None:
    """Make `own.pem` and `own.key` of a server at an address of this machine, which vouches for itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test server")]),
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "own.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "own.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
