"""Limit links: the time in which they lead on, the number of clicks that they hand out, and where to otherwise."""

from datetime import datetime

from rapport.apps.programs.inputs import host_of
from rapport.apps.tracking.counting import full_until
from rapport.apps.tracking.errors import AboveProgramsCap, EndsBeforeStart, HostNotAllowed, TotalBelowDay
from rapport.apps.tracking.inputs import LimitsInput
from rapport.apps.tracking.models import Link, LinkCap, LinkLimits
from rapport.apps.tracking.models.links import NOT_COUNTED
from rapport.domain.caps import Cap


def set_limits(link: Link, given: LimitsInput, *, by_partner: bool, at: datetime) -> LinkLimits:
    """Keep the limits of a link that is loaded with its program; what is not given is not limited any more."""
    if given.starts_at and given.ends_at and given.ends_at <= given.starts_at:
        raise EndsBeforeStart
    if given.fallback_url and host_of(given.fallback_url) not in link.agreement.program.hosts:
        raise HostNotAllowed(host_of(given.fallback_url), link.agreement.program.hosts, field="fallback_url")
    _set_cap(link, given.cap, by_partner=by_partner, at=at)
    said = {"starts_at": given.starts_at, "ends_at": given.ends_at, "fallback_url": given.fallback_url}
    limits, _made = LinkLimits.objects.update_or_create(link=link, defaults={**said, "changed_at": at})
    return limits


def _set_cap(link: Link, wanted: Cap, *, by_partner: bool, at: datetime) -> None:
    """Keep how many clicks a link may hand out; a wider cap opens it at once, by what was counted so far."""
    if wanted.per_day and wanted.in_total and wanted.in_total < wanted.per_day:
        raise TotalBelowDay
    known = LinkCap.objects.select_for_update().filter(pk=link.id).first()
    if known is None and wanted == Cap():
        return
    cap = known or LinkCap(link=link, counted_from=link.created_at)
    cap.link = link
    if by_partner:
        _check_within(cap.by_program, wanted)
        cap.own_per_day, cap.own_in_total = wanted.per_day, wanted.in_total
    else:
        cap.per_day, cap.in_total = wanted.per_day, wanted.in_total
    cap.full_until = full_until(cap, at=at)
    cap.counted_upto, cap.changed_at = NOT_COUNTED, at
    cap.save()


def _check_within(programs: Cap, wanted: Cap) -> None:
    if programs.per_day and wanted.per_day and wanted.per_day > programs.per_day:
        raise AboveProgramsCap(programs.per_day, field="clicks_per_day")
    if programs.in_total and wanted.in_total and wanted.in_total > programs.in_total:
        raise AboveProgramsCap(programs.in_total, field="clicks_in_total")
