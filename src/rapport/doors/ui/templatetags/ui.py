"""Tags and filters of the pages: figures, moments, drawings, fields, addresses."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from html import unescape
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rapport.apps.identity.languages import name_of
from rapport.domain.money import Money
from rapport.doors.ui import assets, charts, fields, marks, qr, svg, words
from rapport.kit import clock

register = template.Library()


# ---- figures and words ------------------------------------------------------------------------------------------
@register.simple_tag(name="figure")
def figure_tag(
    money: Money | None = None,
    *,
    minor: int | str | None = None,
    currency: str = "",
    earned: bool = False,
    size: str = "",
    aligned: bool = False,
) -> SafeString:
    """An amount whose integer is ink, whose decimals step back and whose currency steps back further."""
    amount = money if isinstance(money, Money) else Money(int(minor or 0), currency)
    parts = words.figure(amount, earned=earned, code=aligned)
    size_class = f" figure-{size}" if size else ""
    if aligned:
        return format_html(
            '<span class="figure figure-aligned{}"><span>{}{}</span><span class="figure-decimals">{}</span>'
            '<span class="figure-unit">\N{NO-BREAK SPACE}{}</span></span>',
            size_class,
            parts.sign,
            parts.integer,
            parts.decimals,
            parts.unit,
        )
    decimals = format_html('<span class="figure-decimals">{}</span>', parts.decimals) if parts.decimals else ""
    return format_html(
        '<span class="figure{}">{}{}{}<span class="figure-unit">\N{NO-BREAK SPACE}{}</span></span>',
        size_class,
        parts.sign,
        parts.integer,
        decimals,
        parts.unit,
    )


@register.filter(name="money")
def money_filter(money: Money) -> str:
    """An amount as plain text, for sentences and button words."""
    return str(words.figure(money))


@register.filter
def earned(money: Money) -> str:
    """An amount as plain text with a plus where it is positive."""
    return str(words.figure(money, earned=True))


@register.filter
def number(value: int | Decimal | Fraction) -> str:
    """A number with the separators of the reader."""
    return words.number(value)


@register.filter
def percent(ratio: int | Decimal | Fraction | str) -> str:
    """A ratio as percent: 0.12 → 12 %."""
    return words.percent(Decimal(ratio) if isinstance(ratio, str) else ratio)


@register.filter
def language_name(language: str) -> str:
    """A language by its own name."""
    return name_of(language)


@register.filter
def duration(span: int | timedelta) -> str:
    """A span of time in one or two short words."""
    return words.duration(span)


@register.filter
def short_id(public_id: str) -> SafeString:
    """An id short enough to be read aloud; the whole of it shows on pointing."""
    prefix, _, rest = public_id.partition("_")
    shown = f"{prefix}_\N{HORIZONTAL ELLIPSIS}{rest[-6:]}" if len(rest) > 8 else public_id  # noqa: PLR2004 - shorter ids are shown whole
    return format_html('<span class="mono" title="{}">{}</span>', public_id, shown)


@register.filter(is_safe=True)  # only cuts, so that what an attribute has escaped already is not escaped again
def bare_address(address: str) -> str:
    """An address without its scheme and trailing slash, as people say it."""
    return address.split("://", 1)[-1].rstrip("/")


# ---- moments and days -------------------------------------------------------------------------------------------
@register.simple_tag
def moment(
    at: datetime, *, zone: ZoneInfo | str | None = None, seconds: bool = False, year: str = "auto"
) -> SafeString:
    """A moment in a zone: 19 March, 21:19."""
    local = at.astimezone(words.zone_of(zone))
    said = f"{_day_words(local.date(), year)}, {words.clock_time(at, zone=words.zone_of(zone), seconds=seconds)}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), said)


@register.simple_tag
def day(on: date | datetime, *, zone: ZoneInfo | str | None = None, year: str = "auto") -> SafeString:
    """A day, or the day of a moment in a zone: 4 May."""
    local = on.astimezone(words.zone_of(zone)).date() if isinstance(on, datetime) else on
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), _day_words(local, year))


@register.simple_tag
def clock_time(at: datetime, *, zone: ZoneInfo | str | None = None, seconds: bool = False) -> SafeString:
    """The time of a moment in a zone: 21:19."""
    local = at.astimezone(words.zone_of(zone))
    said = words.clock_time(at, zone=words.zone_of(zone), seconds=seconds)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), said)


def _day_words(on: date, year: str) -> str:
    shown = year == "always" or (year == "auto" and on.year != clock.now().year)
    return words.day(on, year=shown)


# ---- drawings ---------------------------------------------------------------------------------------------------
@register.simple_tag
def track_mark(state: str, *, passed: float | str = 0, label: str = "", css: str = "track") -> SafeString:
    """The glyph of a commission's way."""
    return svg.markup(marks.track(state, passed=float(passed or 0)), css=css, label=label)


@register.simple_tag
def track_words(state: str, *, passed: float | str = 0) -> str:
    """What the glyph says to those who listen."""
    return words.track(state, passed=float(passed or 0))


@register.simple_tag
def node_mark(kind: str, *, passed: float | str = 0) -> SafeString:
    """One stop of a course or a story."""
    return svg.markup(marks.node(kind, passed=float(passed or 0)), css="node")


@register.filter
def is_ahead(kind: str) -> bool:
    """Whether nothing after this stop has happened yet."""
    return kind in marks.AHEAD_OF


@register.simple_tag
def ring_mark(share: float | str) -> SafeString:
    """The ring of an age."""
    return svg.markup(marks.ring(float(share)), css="age-ring")


@register.filter
def nearness(share: float | str) -> str:
    """Quiet, near or over, by the share of a promise that is used up."""
    return marks.nearness(float(share))


@register.simple_tag
def dial_mark(
    share: float | str, *, value: object, unit: str, nine: float | str | None = None, label: str = ""
) -> SafeString:
    """A service clock."""
    ninth = None if nine in (None, "") else float(str(nine))
    return svg.markup(marks.dial(float(share), value=str(value), unit=unit, nine=ninth), css="dial", label=label)


@register.simple_tag
def state_mark(kind: str) -> SafeString:
    """The shape of a state; its word stands beside it."""
    return svg.markup(marks.state_shape(kind)[1], css="state-shape")


@register.filter
def state_tone(kind: str) -> str:
    """The tone in which a state is written."""
    return marks.state_shape(kind)[0]


@register.simple_tag
def qr_mark(text: str, *, label: str) -> SafeString:
    """A QR code on its plate. A text that came through an attribute is escaped, and a camera knows no HTML."""
    plain = unescape(text) if isinstance(text, SafeString) else text
    return svg.markup(qr.qr(plain), css="qr", label=label)


@register.simple_tag
def sparkline_mark(values: Sequence[charts.Figure], *, label: str, usual: bool = False) -> SafeString:
    """A small line without axes."""
    return svg.markup(charts.sparkline(values, usual=usual), css="sparkline", label=label)


@register.simple_tag
def range_mark(now: charts.Figure, *, values: Sequence[charts.Figure], label: str) -> SafeString:
    """One figure among its usual ones."""
    return svg.markup(charts.range_strip(now, values), css="range", label=label)


@register.simple_tag
def chart_mark(chart: charts.Chart, *, label: str) -> SafeString:
    """A chart; its table twin is drawn by the component."""
    return svg.markup(chart.drawing, css="chart", label=label)


# ---- forms ------------------------------------------------------------------------------------------------------
@register.simple_tag
def drawn_field(field: BoundField, *, label: str = "", help_text: str = "") -> fields.DrawnField:
    """A field ready for drawing."""
    return fields.drawn(field, label=label, help_text=help_text)


@register.simple_tag
def error_summary(form: forms.BaseForm) -> fields.Summary:
    """What is wrong with a form."""
    return fields.summary(form)


@register.filter
def pairs(options: Sequence[object]) -> list[tuple[str, str]]:
    """Options of a select as (value, words); a single value stands for both."""
    return [(str(o[0]), str(o[1])) if isinstance(o, tuple | list) else (str(o), str(o)) for o in options]


# ---- addresses and attributes -----------------------------------------------------------------------------------
@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file."""
    return assets.asset_url(name)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The query of this page with some parts replaced; None removes one."""
    parts = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parts.pop(name, None)
        else:
            parts[name] = str(value)
    return f"?{parts.urlencode()}"


@register.simple_tag
def attributes(given: Mapping[str, object], *, with_class: bool = False) -> SafeString:
    """Attributes that a component passes on, every value escaped; True is a bare name, False and None are left out.

    `class` is joined with the component's own by the filter `css`, unless it has none.
    """
    shown = (
        (name, value)
        for name, value in given.items()
        if value is not False and value is not None and (with_class or name != "class")
    )
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in shown))


def _attribute(name: str, value: object) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


@register.filter
def css(given: Mapping[str, object]) -> str:
    """The classes that a page adds to a component, to be written after its own."""
    added = given.get("class", "")
    return format_html(" {}", added) if added else ""
