"""Write what partners bring along from another system: old addresses, and codes that an undone import takes back."""

from datetime import datetime

from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import take_seals_away
from rapport.apps.record.write import transaction
from rapport.apps.tracking.errors import AliasTaken
from rapport.apps.tracking.models import Coupon, Link, LinkAlias
from rapport.kit.ids import new_id


def make_alias(*, link: Link, place: str, text: str, by: Actor, at: datetime) -> LinkAlias:
    """Let an old address lead to a link; again for the same agreement, it is the one that is there."""
    program = link.agreement.program
    with transaction():
        living = LinkAlias.objects.select_for_update(of=("self",)).filter(
            place=place, text=text, removed_at__isnull=True
        )
        known = (living if place else living.filter(program=program)).select_related("link").first()
        if known and known.link.agreement_id == link.agreement_id:
            return known
        if known:
            raise AliasTaken(f"{place}{text}")
        alias = LinkAlias.objects.create(
            id=new_id("als", at=at), program=program, link=link, place=place, text=text, created_at=at
        )
        _told(alias, what="alias.made", workspace_id=program.workspace_id, by=by, at=at)
    return alias


def remove_aliases(*, agreement_id: str, by: Actor, at: datetime) -> None:
    """Let the old addresses of an agreement lead nowhere any more."""
    with transaction():
        rows = LinkAlias.objects.select_for_update(of=("self",)).filter(
            link__agreement_id=agreement_id, removed_at__isnull=True
        )
        for alias in rows.select_related("program"):
            alias.removed_at = at
            alias.save(update_fields=("removed_at",))
            _told(alias, what="alias.removed", workspace_id=alias.program.workspace_id, by=by, at=at)


def take_coupons_back(*, agreement_id: str, by: Actor, at: datetime) -> None:
    """Take the codes of an agreement away that was withdrawn before anything was earned: others may have them."""
    with transaction():
        coupons = list(Coupon.objects.filter(agreement_id=agreement_id).select_related("program"))
        take_seals_away(coupons)
        for coupon in coupons:
            workspace_id, told = coupon.program.workspace_id, {"code": coupon.code, "agreement": agreement_id}
            audit(by=by, at=at, action="coupon.taken_back", subject=coupon.id, workspace_id=workspace_id, data=told)
            coupon.delete()


def _told(alias: LinkAlias, *, what: str, workspace_id: str, by: Actor, at: datetime) -> None:
    data = {"old": str(alias), "link": alias.link_id}
    audit(by=by, at=at, action=what, subject=alias.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=what, subject=alias.id, workspace_id=workspace_id, data=data)
