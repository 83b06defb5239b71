"""Numbers by which tax offices know people and companies: which kinds a country has, and whether one can be right."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from django.utils.translation import gettext as _
from pydantic import Field

from rapport.apps.record.inputs import Input
from rapport.apps.taxes.errors import bad_field

_SHOWN = 4
_SHAPE = re.compile(r"(?=.*\d)[0-9A-Z]{4,20}")
_BETWEEN = re.compile(r"[\s./-]+")


@dataclass(frozen=True, slots=True)
class NumberKind:
    """One kind of number of a country; `check` names what knows its shape and check digits."""

    key: str
    label: str
    check: str = ""


ANY = NumberKind("tin", "TIN")
"""What is taken of a country of which we know no shape: letters and digits."""

_KINDS: Mapping[str, tuple[NumberKind, ...]] = {
    "AT": (NumberKind("at_tin", "Steuernummer", "at.tin"),),
    "AU": (NumberKind("abn", "ABN", "au.abn"), NumberKind("tfn", "TFN", "au.tfn")),
    "BE": (NumberKind("nn", "Rijksregister / Registre national", "be.nn"), NumberKind("be_vat", "KBO / BCE", "be.vat")),
    "BG": (NumberKind("egn", "ЕГН", "bg.egn"), NumberKind("bg_vat", "ЕИК", "bg.vat")),
    "CA": (NumberKind("sin", "SIN", "ca.sin"), NumberKind("bn", "BN", "ca.bn")),
    "CH": (NumberKind("ahv", "AHV / AVS", "ch.ssn"), NumberKind("uid", "UID", "ch.uid")),
    "CZ": (NumberKind("cz_rc", "Rodné číslo", "cz.rc"), NumberKind("cz_dic", "DIČ", "cz.dic")),
    "DE": (
        NumberKind("stnr", "Steuernummer", "de.stnr"),
        NumberKind("idnr", "Steuerliche Identifikationsnummer", "de.idnr"),
    ),
    "DK": (NumberKind("cpr", "CPR", "dk.cpr"), NumberKind("cvr", "CVR", "dk.cvr")),
    "EE": (NumberKind("ik", "Isikukood", "ee.ik"), NumberKind("registrikood", "Registrikood", "ee.registrikood")),
    "ES": (NumberKind("es_nif", "NIF", "es.nif"),),
    "FI": (NumberKind("hetu", "Henkilötunnus", "fi.hetu"), NumberKind("ytunnus", "Y-tunnus", "fi.ytunnus")),
    "FR": (NumberKind("fr_nif", "Numéro fiscal (SPI)", "fr.nif"), NumberKind("siren", "SIREN", "fr.siren")),
    "GB": (NumberKind("utr", "UTR", "gb.utr"),),
    "GR": (NumberKind("afm", "ΑΦΜ", "gr.vat"),),
    "HR": (NumberKind("oib", "OIB", "hr.oib"),),
    "HU": (NumberKind("anum", "Adószám", "hu.anum"),),
    "IE": (NumberKind("pps", "PPSN", "ie.pps"), NumberKind("ie_vat", "TRN", "ie.vat")),
    "IT": (NumberKind("cf", "Codice fiscale", "it.codicefiscale"), NumberKind("iva", "Partita IVA", "it.iva")),
    "LT": (NumberKind("asmens", "Asmens kodas", "lt.asmens"),),
    "LV": (NumberKind("lv_pvn", "Nodokļu maksātāja kods", "lv.pvn"),),
    "NL": (NumberKind("bsn", "BSN", "nl.bsn"),),
    "NO": (NumberKind("fodselsnummer", "Fødselsnummer", "no.fodselsnummer"), NumberKind("orgnr", "Org.nr", "no.orgnr")),
    "PL": (NumberKind("nip", "NIP", "pl.nip"), NumberKind("pesel", "PESEL", "pl.pesel")),
    "PT": (NumberKind("pt_nif", "NIF", "pt.nif"),),
    "RO": (NumberKind("cnp", "CNP", "ro.cnp"), NumberKind("cui", "CUI", "ro.cui")),
    "SE": (NumberKind("personnummer", "Personnummer", "se.personnummer"), NumberKind("se_orgnr", "Orgnr", "se.orgnr")),
    "SI": (NumberKind("ddv", "Davčna številka", "si.ddv"),),
    "SK": (NumberKind("sk_rc", "Rodné číslo", "sk.rc"), NumberKind("sk_dph", "DIČ", "sk.dph")),
    "US": (
        NumberKind("ssn", "SSN", "us.ssn"),
        NumberKind("itin", "ITIN", "us.itin"),
        NumberKind("ein", "EIN", "us.ein"),
    ),
}  # fmt: skip


class NumberInput(Input):
    """A tax number as it was typed, and which kind of its country it is."""

    kind: str = Field(max_length=24)
    number: str = Field(min_length=1, max_length=40)


class _Check(Protocol):
    def validate(self, number: str) -> str:
        """Return the number as it is kept; raises `ValidationError`."""


def kinds_of(country: str) -> tuple[NumberKind, ...]:
    """Return the kinds of numbers of a country; of most countries we know the shape of none."""
    return (*_KINDS.get(country, ()), ANY) if country not in _STRICT else _KINDS[country]


def kind_named(key: str) -> NumberKind:
    """Return a kind by its key."""
    known = {kind.key: kind for kinds in _KINDS.values() for kind in kinds}
    return known.get(key, ANY)


def checked_number(given: NumberInput, *, country: str) -> str:
    """Return a number as it is kept; raises `BadInput` that names the field and never repeats the number."""
    kind = next((one for one in kinds_of(country) if one.key == given.kind), None)
    if kind is None:
        raise bad_field("kind", _("Choose one of the numbers of %(country)s.") % {"country": country})
    if not kind.check:
        return _shaped(given.number)
    # The checks of the world's numbers take megabytes: only who types one carries them.
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - see above

    try:
        return cast("_Check", import_module(f"stdnum.{kind.check}")).validate(given.number)
    except ValidationError:
        sentence = _("This is no %(kind)s: a letter or digit is wrong, or some are missing.")
        raise bad_field("number", sentence % {"kind": kind.label}) from None


def masked_number(number: str) -> str:
    """Return what may be seen of a number: its last characters behind dots, never more than a third of it."""
    shown = min(_SHOWN, len(number) // 3)
    return f"… {number[-shown:]}" if shown else "…"


def _shaped(typed: str) -> str:
    number = _BETWEEN.sub("", typed.upper())
    if not _SHAPE.fullmatch(number):
        raise bad_field("number", _("Give 4 to 20 letters and digits, with at least one digit."))
    return number


_STRICT = frozenset({"DE", "US"})
"""Countries whose every number has one of the kinds above."""
