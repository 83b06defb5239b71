"""What tracking refuses."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal


class HostNotAllowed(BadInput):
    """A deep link must lead to the program's own hosts."""

    code = "host_not_allowed"

    def __init__(self, host: str, allowed: Iterable[str], *, field: str = "destination") -> None:
        """Name the host and the allowed ones."""
        sentence = _("Links of this program may not lead to %(host)s. Allowed: %(allowed)s.") % {
            "host": host,
            "allowed": ", ".join(allowed),
        }
        super().__init__(sentence, fields={field: sentence})


class CodeTaken(BadInput):
    """A code names one thing for ever."""

    code = "code_taken"

    def __init__(self, code: str) -> None:
        """Name the code."""
        sentence = _("The code %(code)s is taken. Choose another.") % {"code": code}
        super().__init__(sentence, fields={"code": sentence})


class AliasTaken(BadInput):
    """An old address leads to one partner."""

    code = "alias_taken"

    def __init__(self, text: str) -> None:
        """Name the old address."""
        sentence = _("The old address %(text)s leads to another partner.") % {"text": text}
        super().__init__(sentence, fields={"old_link": sentence})


class EndsBeforeStart(BadInput):
    """A coupon must last."""

    code = "ends_before_start"

    def __init__(self) -> None:
        """Say what to do."""
        sentence = _("Choose an end after the start.")
        super().__init__(sentence, fields={"ends_at": sentence})


class TotalBelowDay(BadInput):
    """All clicks of a link cannot be fewer than those of one day."""

    code = "total_below_day"

    def __init__(self) -> None:
        """Say what to do."""
        sentence = _("Give at least as many clicks in total as a day.")
        super().__init__(sentence, fields={"clicks_in_total": sentence})


class AboveProgramsCap(BadInput):
    """A partner may cap its link tighter than the program does, not wider."""

    code = "above_programs_cap"

    def __init__(self, most: int, *, field: str) -> None:
        """Name what the program allows."""
        sentence = _("The program allows at most %(most)s.") % {"most": most}
        super().__init__(sentence, fields={field: sentence})


class AgreementNotActive(Refusal):
    """New links and coupons need an agreement that is active."""

    code = "agreement_not_active"

    def __init__(self, state: str) -> None:
        """Name the state."""
        super().__init__(_("This agreement is %(state)s; new links and codes need an active one.") % {"state": state})


class DomainTaken(BadInput):
    """A name is there already, or belongs to the installation."""

    code = "domain_taken"

    def __init__(self, name: str) -> None:
        """Name it."""
        sentence = _("%(name)s is in use already.") % {"name": name}
        super().__init__(sentence, fields={"name": sentence})


class DomainNotProven(Refusal):
    """Links show a name only once it is proven."""

    code = "domain_not_proven"

    def __init__(self, name: str) -> None:
        """Say what to do."""
        super().__init__(_("%(name)s is not proven yet: add its TXT record first.") % {"name": name})
