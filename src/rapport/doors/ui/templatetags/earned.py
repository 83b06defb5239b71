"""Template words about what was earned."""

from django import template

from rapport.apps.commissions.models import Commission
from rapport.flows.explaining.words import order_words

register = template.Library()


@register.filter
def order_name(commission: Commission) -> str:
    """Return the number of the order behind a commission, or name its tier or bonus."""
    return order_words(commission)
