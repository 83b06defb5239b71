"""Which lines are one partner, which are doubles that a person should look at, and which contradict each other.

The answer does not depend on the order of the lines: where lines contradict each other, all of them are refused.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.imports.reading.layout import BY_ACCOUNT, BY_DOMAIN, Layout
from rapport.domain.money import Money, format_amount
from rapport.flows.importing.partners.known import Known, Names
from rapport.flows.importing.partners.lines import PartnerLine

Refusals = dict[int, str]
"""By line why it is refused."""


@dataclass(frozen=True, slots=True)
class Double:
    """A line that may be a partner who is there already: who it is, by what, and whether the import merges them."""

    line: int
    mail: str
    other: str
    by: str
    merged: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one partner, the fullest first; `partner_id` is the one who is known already, or empty."""

    lines: tuple[PartnerLine, ...]
    partner_id: str

    @property
    def first(self) -> PartnerLine:
        """Return the line that says what the partner is called."""
        return self.lines[0]

    @property
    def numbers(self) -> frozenset[int]:
        """Return the lines that are in it."""
        return frozenset(line.number for line in self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file of partners would bring."""

    groups: tuple[Group, ...]
    refused: Refusals
    doubles: tuple[Double, ...]


@dataclass(slots=True)
class _Families:
    """Lines and known partners, joined step by step where they are the same partner."""

    parent: dict[Hashable, Hashable] = field(default_factory=dict)

    def head(self, one: Hashable) -> Hashable:
        """Return who stands for the family of one."""
        while self.parent.setdefault(one, one) != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make two families one."""
        self.parent[self.head(one)] = self.head(other)


def plan_partners(lines: Sequence[PartnerLine], *, known: Known, layout: Layout, currency: str) -> Plan:
    """Plan what these lines bring."""
    families = _Families()
    doubles = [*_join_by_mail(lines, known, families), *_join_by_marks(lines, known, families, layout)]
    groups, refused = _grouped(lines, known, families)
    for check in (_barred, _codes, _old_addresses, _balances, _rates, _methods):
        refused |= check(groups, known, currency)
    left = [_left(group, refused) for group in groups]
    return Plan(
        groups=tuple(sorted((one for one in left if one.lines), key=lambda one: min(one.numbers))),
        refused=refused,
        doubles=tuple(sorted((one for one in doubles if one.line not in refused), key=lambda one: (one.line, one.by))),
    )


def _join_by_mail(lines: Iterable[PartnerLine], known: Known, families: _Families) -> Iterator[Double]:
    """Take lines of one mail address as one partner: nobody would have it otherwise."""
    for line in lines:
        families.join(line.number, ("mail", line.mail))
        for partner_id in known.by_mail.get(line.mail, ()):
            families.join(line.number, ("partner", partner_id))
            yield Double(line.number, line.mail, known.names[partner_id], "mail", merged=True)


def _join_by_marks(lines: Sequence[PartnerLine], known: Known, families: _Families, layout: Layout) -> Iterator[Double]:
    """Go through what else two partners seldom share, and join where the layout or a person says so."""
    ways: tuple[tuple[str, Callable[[PartnerLine], Sequence[str]], Names], ...] = (
        (BY_ACCOUNT, lambda line: [line.account] if line.account else [], known.by_account),
        (BY_DOMAIN, lambda line: sorted(line.domains), known.by_domain),
    )
    for by, marks_of, owners in ways:
        first: dict[str, PartnerLine] = {}
        for line in sorted(lines, key=lambda one: (one.mail, one.number)):
            merged = line.number in layout.together or (by in layout.merged_by and line.number not in layout.apart)
            for mark in marks_of(line):
                others = [("partner", one, known.names[one]) for one in owners.get(mark, ())]
                before = first.setdefault(mark, line)
                if before.mail != line.mail:
                    others.append(("mail", before.mail, before.mail))
                for kind, key, name in others:
                    if kind == "partner" and key in known.by_mail.get(line.mail, ()):
                        continue
                    if merged:
                        families.join(line.number, (kind, key))
                    yield Double(line.number, line.mail, name, by, merged=merged)


def _grouped(lines: Sequence[PartnerLine], known: Known, families: _Families) -> tuple[list[Group], Refusals]:
    refused: Refusals = {}
    partners: dict[Hashable, list[str]] = defaultdict(list)
    for partner_id in sorted(known.names):
        partners[families.head(("partner", partner_id))].append(partner_id)
    members: dict[Hashable, list[PartnerLine]] = defaultdict(list)
    for line in lines:
        members[families.head(line.number)].append(line)
    groups = []
    for head, found in members.items():
        owners = partners.get(head, [])
        if len(owners) > 1:
            told = {"names": ", ".join(known.names[one] for one in owners)}
            refused |= {line.number: _("It may be one of several partners: %(names)s.") % told for line in found}
            continue
        ordered = sorted(found, key=_fullness)
        groups.append(Group(tuple(ordered), owners[0] if owners else ""))
    return groups, refused


def _fullness(line: PartnerLine) -> tuple[object, ...]:
    """Put the line that says the most first; where two say as much, the same one whatever stands above the other."""
    return (-line.filled, line.partner, line.mail, line.person, line.website, line.segment, line.number)


def _barred(groups: Iterable[Group], known: Known, _currency: str) -> Refusals:
    sentence = _("The agreement with this partner was ended for a breach of the terms.")
    return {number: sentence for group in groups if group.partner_id in known.barred for number in group.numbers}


def _codes(groups: Sequence[Group], known: Known, _currency: str) -> Refusals:
    sentence = _("The code %(what)s belongs to another partner.")
    return _owned(groups, known, lambda line: line.codes, known.codes, sentence)


def _old_addresses(groups: Sequence[Group], known: Known, _currency: str) -> Refusals:
    sentence = _("The old address %(what)s leads to another partner.")
    return _owned(groups, known, lambda line: line.old, known.aliases, sentence)


def _owned(
    groups: Sequence[Group],
    known: Known,
    things_of: Callable[[PartnerLine], Iterable[Hashable]],
    owners: Mapping[Any, str],
    sentence: str,
) -> Refusals:
    """Refuse every line that names what another partner has, or what lines of another partner name as well."""
    named: dict[Hashable, set[int]] = defaultdict(set)
    for place, group in enumerate(groups):
        for line in group.lines:
            for thing in things_of(line):
                named[thing].add(place)
    refused: Refusals = {}
    for group in groups:
        agreement = known.agreements.get(group.partner_id)
        for line in group.lines:
            for thing in things_of(line):
                owner = owners.get(thing)
                if (owner and (agreement is None or owner != agreement.id)) or len(named[thing]) > 1:
                    what = thing if isinstance(thing, str) else "".join(thing)  # type: ignore[arg-type]  # place, text
                    refused[line.number] = sentence % {"what": what}
    return refused


def _balances(groups: Iterable[Group], known: Known, currency: str) -> Refusals:
    refused: Refusals = {}
    for group in groups:
        agreement = known.agreements.get(group.partner_id)
        booked_minor = known.openings.get(agreement.id, 0) if agreement else 0
        telling = {line.number: line.balance_minor for line in group.lines if line.balance_minor}
        told = {*telling.values(), *([booked_minor] if booked_minor and telling else [])}
        if len(told) > 1:
            shown = ", ".join(f"{format_amount(Money(minor, currency))} {currency}" for minor in sorted(told))
            sentence = _("This partner is given several opening balances: %(told)s. Write their sum in one line.")
            refused |= dict.fromkeys(telling, sentence % {"told": shown})
    return refused


def _rates(groups: Iterable[Group], _known: Known, _currency: str) -> Refusals:
    refused: Refusals = {}
    for group in groups:
        telling = {line.number: line for line in group.lines if line.rate_told}
        if len({json.dumps(line.rate, sort_keys=True) for line in telling.values()}) > 1:
            told = ", ".join(sorted({line.rate_told for line in telling.values()}))
            refused |= dict.fromkeys(telling, _("Lines of this partner tell several rates: %(told)s.") % {"told": told})
    return refused


def _methods(groups: Iterable[Group], _known: Known, _currency: str) -> Refusals:
    refused: Refusals = {}
    for group in groups:
        # Whose name stands on the account may be written in several ways.
        telling = {line.number: replace(line.method, holder="") for line in group.lines if line.method}
        told = list(telling.values())
        if any(method != told[0] for method in told):
            refused |= dict.fromkeys(telling, _("Lines of this partner say differently how it is paid."))
    return refused


def _left(group: Group, refused: Refusals) -> Group:
    return Group(tuple(line for line in group.lines if line.number not in refused), group.partner_id)
