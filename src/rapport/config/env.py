"""The settings that an operator may choose, where each was found, and the files that follow from them."""

import os
import secrets
import tomllib
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rapport.config.secret_files import make_once
from rapport.kit.vault import BadKeys, new_key, read_keys
from rapport.wire.foreign_names import read_names

PREFIX = "RAPPORT_"
DATA_VARIABLE = f"{PREFIX}DATA"

# What Rapport writes inside the data folder; one name per purpose.
FOLDERS = ("journal", "linkbook", "lake", "outbox", "imports", "secrets")

type_of_list = Annotated[tuple[str, ...], NoDecode]


class Origin(StrEnum):
    """Where the value of a setting was found."""

    ENVIRONMENT = "environment"
    FILE = "config.toml"
    DEFAULT = "default"


def data_folder() -> Path:
    """Return the absolute data folder; it is chosen before all else, because ``config.toml`` lies in it."""
    return Path(os.environ.get(DATA_VARIABLE) or "data").expanduser().absolute()


class Environment(BaseSettings):
    """Every setting of an installation, read from ``RAPPORT_…`` variables, then ``config.toml``, then the default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(
        default_factory=data_folder,
        description="Folder that holds everything Rapport writes.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://user:password@host:port/name, or sqlite:///path; "
        "without it, a SQLite file in the data folder.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Signs sessions and mailed links; without it, one is made and kept in secrets/.",
    )
    vault_keys: SecretStr | None = Field(
        default=None,
        description="Encrypt bank details and other secrets at rest: number:key, the largest number seals; "
        "without it, one is made and kept in secrets/.",
    )
    public_url: str = Field(
        default="",
        description="Address at which people reach the pages; without it, http://localhost and the web port.",
    )
    edge_url: str = Field(
        default="",
        description="Address at which visitors reach tracking links; without it, http://localhost and the edge port.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Network address on which web and edge listen.",
    )
    port: int = Field(
        default=8100,
        ge=1,
        le=65535,
        description="First port to try for the pages.",
    )
    edge_port: int = Field(
        default=8101,
        ge=1,
        le=65535,
        description="First port to try for tracking links and postbacks.",
    )
    metrics_port: int = Field(
        default=8102,
        ge=1,
        le=65535,
        description="First port to try for the edge's metrics.",
    )
    edge_processes: int = Field(
        default=1,
        ge=0,
        le=64,
        description="Processes that answer tracking links and postbacks, on one port; 0 for one per core.",
    )
    edge_names: type_of_list = Field(
        default=(),
        description="Further names of other systems in links, as theirs=ours (ref2=sub3); theirs= drops a usual one.",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://…:465; "
        "without it, mail goes to the outbox page.",
    )
    paypal_sandbox_url: str = Field(
        default="",
        description="Asked instead of PayPal's own sandbox, for a simulator on this machine.",
    )
    mail_from: str = Field(
        default="rapport@localhost",
        description="Sender address of mail.",
    )
    mail_bounces: str = Field(
        default="",
        pattern=r"^([^@\s+]+@[^@\s]+)?$",
        description="Address that takes what comes back, such as bounces@partners.example; without it, the sender.",
    )
    mail_bounces_url: SecretStr | None = Field(
        default=None,
        description="Mailbox of that address: imaps://user:password@host/INBOX, maildir:///path or mbox:///path.",
    )
    allowed_hosts: type_of_list = Field(
        default=(),
        description="Further host names that may address the pages, separated by commas.",
    )
    trusted_proxies: type_of_list = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    )
    loopback_hosts: type_of_list = Field(
        default=(),
        description="host:port pairs on this machine that shops and payment services may be reached at, for trials "
        "with simulators; without it, only public addresses are.",
    )
    web_threads: int = Field(
        default=4,
        ge=1,
        le=64,
        description="Pages answered at the same time.",
    )
    worker_threads: int = Field(
        default=3,
        ge=2,
        le=64,
        description="Jobs run at the same time by one worker; one place is always kept free of long jobs.",
    )
    import_most_mb: int = Field(
        default=1_024,
        ge=1,
        le=100_000,
        description="Largest file, in megabytes, that the import page takes; the command line has no limit.",
    )
    import_kept_days: int = Field(
        default=30,
        ge=1,
        le=3_650,
        description="Days after which an uploaded file is removed; the report of its import stays.",
    )
    rates_fetch: bool = Field(
        default=False,
        description="Fetch the exchange rates of the European Central Bank every night; never for a demo.",
    )
    rates_url: str = Field(
        default="https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml",
        description="Address of the bank's list, as XML, CSV or zip.",
    )
    rates_most_days: int = Field(
        default=10,
        ge=0,
        le=90,
        description="Days by which a rate may be older than the order that takes it.",
    )
    mail_dkim_selector: str = Field(
        default="",
        pattern="^[A-Za-z0-9._-]*$",
        description="Name of the key that signs mail (DKIM), as the mail server or provider calls it.",
    )
    dns_server: str = Field(
        default="",
        description="Name server to ask for records, such as 127.0.0.1:5353; without it, the resolvers of the machine.",
    )
    backup_folder: Path | None = Field(
        default=None,
        description="Folder that takes the backups; without it, backups/ in the data folder. Another disk is better.",
    )
    backups_kept: int = Field(
        default=7,
        ge=1,
        le=1_000,
        description="Backups that are kept; older ones are removed.",
    )
    backup_nightly: bool = Field(
        default=True,
        description="Take a backup every night; never of a demo.",
    )
    monitor_minutes: int = Field(
        default=30,
        ge=0,
        le=1_440,
        description="Minutes between two tests that a program sends through its doors; 0: none, nor looks at links.",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="DEBUG, INFO, WARNING or ERROR.",
    )
    debug: bool = Field(
        default=False,
        description="Show technical details of errors in pages; never on a machine that others reach.",
    )
    demo: bool = Field(
        default=False,
        description="Offer the demo program: sign-ins are printed, pages say that the figures are invented.",
    )
    demo_partners: int = Field(
        default=55,
        ge=10,
        le=580,
        description="Partners of the demo program; clicks and orders grow with them.",
    )
    demo_months: int = Field(
        default=12,
        ge=1,
        le=24,
        description="Months that the demo program tells of.",
    )
    demo_until: date | None = Field(
        default=None,
        description="Last day of the demo program's story, such as 2026-03-31; without it, yesterday.",
    )
    demo_seed: int = Field(
        default=12,
        ge=0,
        description="The same seed and last day give the same figures in the demo program.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read variables first, then the file in the data folder; nothing else is looked at."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @field_validator("allowed_hosts", "trusted_proxies", "loopback_hosts", "edge_names", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("vault_keys")
    @classmethod
    def _readable_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if not value:
            return None
        try:
            read_keys(value.get_secret_value())
        except BadKeys as problem:
            raise ValueError(str(problem)) from None
        return value

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("edge_names")
    @classmethod
    def _is_readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        read_names(value)
        return value

    @field_validator("public_url", "edge_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/")):
            message = "give an address such as https://partners.example.com, without a path"
            raise ValueError(message)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _different_ports(self) -> Self:
        if len({self.port, self.edge_port, self.metrics_port}) < len(("port", "edge_port", "metrics_port")):
            message = "port, edge_port and metrics_port must differ"
            raise ValueError(message)
        return self

    @property
    def web_address(self) -> str:
        """The address to print and to put into mail."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def edge_address(self) -> str:
        """The address that tracking links start with."""
        return self.edge_url or f"http://localhost:{self.edge_port}"

    @property
    def edge_hosts(self) -> frozenset[str]:
        """The names that the edge answers to, beside those of this machine and of proven domains."""
        told = (urlsplit(address).hostname or "" for address in (self.edge_address, self.web_address))
        return frozenset(name.lower() for name in (*told, *self.allowed_hosts) if name)

    @property
    def backups(self) -> Path:
        """The folder that takes the backups."""
        return (self.backup_folder or self.data / "backups").expanduser().absolute()

    @property
    def is_https(self) -> bool:
        """Whether people reach the pages over TLS; decides cookie names and flags."""
        return self.web_address.startswith("https://")


@cache
def environment() -> Environment:
    """Return the settings of this process, read once."""
    return Environment()


def config_file() -> Path:
    """Return where the settings file lies, whether or not it exists."""
    return data_folder() / "config.toml"


def origins() -> dict[str, Origin]:
    """Return for each setting where its value was found."""
    in_file: dict[str, Any] = tomllib.loads(config_file().read_text()) if config_file().is_file() else {}
    return {name: _origin(name, in_file=in_file) for name in Environment.model_fields}


def _origin(name: str, *, in_file: dict[str, Any]) -> Origin:
    if variable(name) in os.environ:
        return Origin.ENVIRONMENT
    return Origin.FILE if name in in_file else Origin.DEFAULT


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def unknown_variables() -> list[str]:
    """Return variables that look like settings of ours and are none: usually a slip of the pen."""
    known = {variable(name) for name in Environment.model_fields}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def prepare_data_folder(chosen: Environment) -> None:
    """Create the data folder, its parts and its secrets, readable by this user alone."""
    chosen.data.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        (chosen.data / name).mkdir(mode=0o700, exist_ok=True)
    make_once(_key_file(chosen), secrets.token_urlsafe(48))
    if chosen.vault_keys is None:
        make_once(vault_file(chosen), f"{new_key()}\n")


def secret_key(chosen: Environment) -> str:
    """Return the key that signs sessions; a throw-away one while the data folder was never prepared.

    Whoever serves or works prepares the folder first; only tools that merely read the settings see the throw-away key.
    """
    if chosen.secret_key is not None:
        return chosen.secret_key.get_secret_value()
    if _key_file(chosen).is_file():
        return _key_file(chosen).read_text().strip()
    return secrets.token_urlsafe(48)


def _key_file(chosen: Environment) -> Path:
    return chosen.data / "secrets" / "secret_key"


def vault_file(chosen: Environment) -> Path:
    """Return where the keys of the vault lie, unless a setting gives them."""
    return chosen.data / "secrets" / "vault_keys"
