"""`rapport setup`: a public address with HTTPS and mail, in one command; and whether it works."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Annotated
from urllib.parse import urljoin

import typer
from rich.table import Table

from rapport.config.cli.options import choose, load_django
from rapport.config.cli.terminal import err, out, say
from rapport.config.errors import Stop
from rapport.config.public.files import MARK, UNITS, File, files_of
from rapport.config.public.plan import HTTPS, Plan, checked, program
from rapport.kit.clock import now

DATA = Path("/var/lib/rapport")


def _option(name: str, words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, help=words, show_default=False)
    return option


Domain = Annotated[str, _option("--domain", "Name of the pages, such as partners.example.com.")]
Links = Annotated[str, _option("--links", "Name of tracking links.  [default: the same name]")]
Mail = Annotated[str, _option("--mail", "smtp://user:password@host:587 or smtps://…:465.")]
MailFrom = Annotated[str, _option("--mail-from", "Sender of mail.  [default: rapport@ and the domain]")]
Bounces = Annotated[str, _option("--bounces", "Address that takes what comes back.")]
Contact = Annotated[str, _option("--contact", "Mail address that the certificate authority may write to.")]
Acme = Annotated[str, _option("--acme", "Directory of another certificate authority.  [default: Caddy's own]")]
AcmeRoot = Annotated[str, _option("--acme-root", "Root certificate of that authority's own server.")]
HttpPort = Annotated[int, typer.Option("--http-port", help="Port of http, behind another one that is forwarded.")]
HttpsPort = Annotated[int, typer.Option("--https-port", help="Port of https, likewise.")]
User = Annotated[str, typer.Option("--user", help="System user that runs Rapport; made if it is missing.")]
Root = Annotated[Path, typer.Option("--root", help="Folder to put before every path of the system.")]
DataOf = Annotated[Path, typer.Option("--data", file_okay=False, help="Folder that holds everything Rapport writes.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]
Check = Annotated[bool, typer.Option("--check", help="Look whether ports, names, certificates and mail work.")]


def setup(  # noqa: PLR0913 - each is an option of the command line
    *,
    domain: Domain = "",
    links: Links = "",
    mail: Mail = "",
    mail_from: MailFrom = "",
    bounces: Bounces = "",
    contact: Contact = "",
    acme: Acme = "",
    acme_root: AcmeRoot = "",
    http_port: HttpPort = 80,
    https_port: HttpsPort = HTTPS,
    user: User = "rapport",
    root: Root = Path("/"),
    data: DataOf = DATA,
    dry_run: DryRun = False,
    check: Check = False,
) -> None:
    """Give this installation a public address: settings, units of systemd, Caddyfile; then look whether it works."""
    if check:
        _look(data)
        return
    if not domain:
        raise Stop("Say under which name the pages are reached: --domain partners.example.com.")
    plan = checked(
        Plan(
            domain=domain.lower(),
            links=(links or domain).lower(),
            data=data.expanduser().absolute(),
            user=user,
            root=root,
            mail=mail,
            mail_from=mail_from,
            bounces=bounces,
            contact=contact,
            acme=acme,
            acme_root=acme_root,
            http_port=http_port,
            https_port=https_port,
        )
    )
    files = files_of(plan, program=program())
    if dry_run:
        _show(files)
        return
    _write(files, plan)
    _tell_what_follows(plan)


def _show(files: list[File]) -> None:
    for file in files:
        state = "stands there already" if file.is_written() else "would be written"
        out.print(f"\n[bold]{file.path}[/] ({state})")
        out.print(_without_passwords(file), markup=False)


def _without_passwords(file: File) -> str:
    """Return the text for a screen that others may see."""
    lines = file.text.splitlines()
    return "\n".join('smtp_url = "••••••••"' if line.startswith("smtp_url") else line for line in lines)


def _write(files: list[File], plan: Plan) -> None:
    foreign = [str(file.path) for file in files if not file.is_ours()]
    if foreign:
        raise Stop(
            f"{', '.join(foreign)} was written by somebody else. Move it away, or add the lines {MARK!r} to let "
            "Rapport replace it, and look at `--dry-run` for what it would write."
        )
    try:
        _make_user(plan)
        for file in files:
            if not file.is_written():
                file.write()
                say(f"written  {file.path}")
        _prepare(plan)
    except OSError as problem:
        raise Stop(f"It cannot be written: {problem}. Run this as root, or choose --root and --data.") from problem


def _make_user(plan: Plan) -> None:
    """Make the user of the units, where they are for this very system."""
    if plan.root != Path("/") or _known(plan.user):
        return
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise Stop(f"There is no user {plan.user} and no useradd to make one: make it, then try again.")
    arguments = ["--system", "--user-group", "--home-dir", str(plan.data), "--shell", "/usr/sbin/nologin", plan.user]
    subprocess.run([useradd, *arguments], check=True)  # noqa: S603 - checked by the plan


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _prepare(plan: Plan) -> None:
    """Make folders, keys and tables, and give them to the user of the units."""
    data = plan.path(str(plan.data))
    chosen = choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.config.tables import bring_up_to_date  # noqa: PLC0415 - see above

    bring_up_to_date(console=err)
    if os.geteuid() == 0 and _known(plan.user):
        for path in (chosen.data, *chosen.data.rglob("*")):
            shutil.chown(path, plan.user, plan.user)


def _tell_what_follows(plan: Plan) -> None:
    # Models can be imported only after Django is awake.
    from rapport.apps.identity.actions import issue_first_owner_invitation  # noqa: PLC0415 - see above
    from rapport.apps.identity.queries import has_owner  # noqa: PLC0415 - see above

    roles = " ".join(f"rapport-{role}" for role in UNITS)
    say("\nStart it, and again after each change of its settings:")
    say("  systemctl daemon-reload\n  systemctl enable rapport.target")
    say(f"  systemctl restart rapport.target {roles} caddy")
    say(f"Then look whether everything works:\n  rapport setup --check --data {plan.data}")
    if not has_owner():
        say("Nobody owns this installation yet. Open this address, once, to become its owner:")
        say(f"  {urljoin(plan.public_url, issue_first_owner_invitation(at=now()))}")


def _look(data: Path) -> None:
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.config.public.checking import look  # noqa: PLC0415 - see above

    table, wrong = Table("what", "", "found", box=None, pad_edge=False), 0
    with err.status("Looking"):
        for finding in look():
            signs = {"ok": "[green]in order[/]", "warn": "[yellow]look here[/]", "wrong": "[red]wrong[/]"}
            table.add_row(finding.what, signs[finding.verdict], finding.words)
            wrong += finding.verdict == "wrong"
    out.print(table)
    if wrong:
        raise Stop(f"{wrong} of these {'is' if wrong == 1 else 'are'} wrong.")
