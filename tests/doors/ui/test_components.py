"""Components escape what they are given, tie words to controls, and need no script."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django import forms

from rapport.domain.money import Money
from rapport.doors.ui.charts import Series, lines

Render = Callable[..., str]

NB = "\N{NO-BREAK SPACE}"
EVIL = '"><script>alert(1)</script>'


class Joining(forms.Form):
    """A form of every kind of field."""

    name = forms.CharField(help_text="As in your imprint")
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("blog", "Blog"), ("shop", "Shop")], help_text="One")
    about = forms.CharField(required=False, widget=forms.Textarea(attrs={"class": "input-code"}))
    agreed = forms.BooleanField(label="I agree")
    secret = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        """Refuse everything, so that the summary has general words too."""
        raise forms.ValidationError("Come back tomorrow")


@pytest.mark.parametrize(
    "markup",
    [
        '<c-button :data-x="evil">go</c-button>',
        '<c-button data-x="{{ evil }}">{{ evil }}</c-button>',
        '<c-button href="{{ evil }}">go</c-button>',
        '<c-page-head heading="{{ evil }}" sentence="{{ evil }}" />',
        '<c-section :heading="evil" aside="{{ evil }}" :id="evil" />',
        '<c-field name="x" :label="evil" :value="evil" :error="evil" :placeholder="evil" />',
        '<c-field name="x" :options="options" rows="" />',
        '<c-copy :text="evil" />',
        '<c-code :text="evil" :caption="evil" />',
        '<c-made-link :url="evil" :title="evil" :note="evil" :code="evil" />',
        '<c-toast :words="evil" />',
        '<c-track state="paid" :label="evil" />',
        '<c-message :author="evil" :note="evil">{{ evil }}</c-message>',
        '<c-story-step :heading="evil" :note="evil" :day="evil" :time="evil">{{ evil }}</c-story-step>',
        '<c-empty :reason="evil" :sentence="evil" />',
        '<c-post action="{{ evil }}" :name="evil" :value="evil" :confirm="evil">go</c-post>',
        "{{ evil|short_id }}",
        '<a href="{% query a=evil %}">go</a>',
    ],
)
def test_no_word_of_a_stranger_becomes_markup(render: Render, markup: str) -> None:
    assert "<script>" not in render(markup, evil=EVIL, options=[EVIL])


def test_a_component_sees_nothing_of_the_page_around_it(render: Render) -> None:
    assert "intruder" not in render("<c-button>go</c-button>", href="intruder", icon="intruder", kbd="intruder")


def test_a_button_is_a_link_when_it_leads_somewhere(render: Render) -> None:
    assert render('<c-button href="/terms/">Terms</c-button>').startswith("<a ")
    assert render("<c-button>Save</c-button>").startswith("<button ")
    assert 'type="submit"' in render('<c-button type="submit">Save</c-button>')
    assert render('<c-button href="/terms/" disabled>Terms</c-button>').startswith("<button ")


def test_a_button_carries_its_key_its_dialog_and_its_state(render: Render) -> None:
    said = render('<c-button kbd="A" opens="ask" busy class="mt-4" hx-get="/x/">Approve</c-button>')
    for part in ('data-key="a"', 'data-open="ask"', 'aria-busy="true"', "<kbd", 'hx-get="/x/"', "button mt-4 "):
        assert part in said
    assert said.count("class=") == said.count("<button") + said.count("<svg") + said.count("<circle")


def test_a_write_is_a_form_with_a_token(render: Render) -> None:
    said = render('<c-post action="/decline/" name="why" value="7" confirm="Sure?" kind="danger">Decline</c-post>')
    for part in (
        'method="post"',
        "csrfmiddlewaretoken",
        'name="why" value="7"',
        'data-confirm="Sure?"',
        "button-danger",
    ):
        assert part in said


def test_a_figure_steps_back_after_the_integer(render: Render) -> None:
    said = render('<c-figure :money="money" earned size="head" />', money=Money(1_029, "EUR"))
    assert said == (
        '<span class="figure figure-head">+10<span class="figure-decimals">.29</span>'
        f'<span class="figure-unit">{NB}€</span></span>'
    )
    assert "figure-decimals" not in render('<c-figure minor="184200" currency="JPY" />')
    assert "figure-aligned" in render('<c-figure minor="96125" currency="KWD" aligned />')


def test_amounts_can_stand_in_a_sentence(render: Render) -> None:
    money = Money(1_029, "EUR")
    assert render("{{ money|money }}, {{ money|earned }}, {{ r|percent }}", money=money, r="0.12") == (
        f"10.29{NB}€, +10.29{NB}€, 12{NB}%"
    )


def test_moments_carry_their_exact_time_for_machines(render: Render) -> None:
    at = datetime(2024, 3, 19, 20, 19, 4, tzinfo=UTC)
    assert render("{% moment at zone='Europe/Berlin' seconds=True %}", at=at) == (
        '<time datetime="2024-03-19T21:19:04+01:00">19 March 2024, 21:19:04</time>'
    )
    assert render("{% moment at year='never' %}", at=at).endswith(">19 March, 20:19</time>")
    assert render("{% clock_time at %}", at=at).endswith(">20:19</time>")
    assert (
        render("{% day at zone='Asia/Tokyo' year='always' %}", at=at)
        == '<time datetime="2024-03-20">20 March 2024</time>'
    )
    assert render("{% day on year='never' %}", on=date(2024, 5, 4)) == '<time datetime="2024-05-04">4 May</time>'


def test_ids_and_addresses_are_shown_short(render: Render) -> None:
    whole = "com_01jd4t9xwb7k2m9q3v5h8n6c0r"
    assert render("{{ id|short_id }}", id=whole) == f'<span class="mono" title="{whole}">com_…8n6c0r</span>'
    assert ">com_4T9XWB<" in render("{{ id|short_id }}", id="com_4T9XWB")
    assert render("{{ a|bare_address }}", a="https://go.example/c/x/") == "go.example/c/x"


def test_a_query_keeps_what_it_was_not_asked_to_change(render: Render) -> None:
    assert render("{% query page=2 state=None %}", query={"state": "held", "q": "a b"}) == "?q=a+b&amp;page=2"


def test_an_error_is_tied_to_its_control_and_listed_above(render: Render) -> None:
    form = Joining({"name": "", "kind": "", "agreed": ""})
    said = render('<c-form :form="form" action="/join/" submit="Join" />', form=form)
    assert "data-error-summary" in said
    assert "3 things need another look" in said
    assert '<a href="#id_name">Name</a>' in said
    assert '<a href="#id_kind_0">Kind</a>' in said
    assert "Come back tomorrow" in said
    assert "Secret: This field is required." in said
    assert (
        'aria-describedby="id_name_helptext id_name_error"' in said
        or 'aria-describedby="id_name_error id_name_helptext"' in said
    )
    assert 'id="id_name_error"' in said
    assert 'id="id_name_helptext"' in said
    assert said.count('aria-invalid="true"') >= 2
    assert 'class="input input-code"' in said
    assert '<legend class="field-label">Kind</legend>' in said


def test_a_fresh_form_complains_about_nothing(render: Render) -> None:
    said = render(
        '<c-form :form="form" touch submit="Join"><c-slot name="actions">later</c-slot></c-form>', form=Joining()
    )
    assert "data-error-summary" not in said
    assert "aria-invalid" not in said
    assert "csrfmiddlewaretoken" in said
    assert "button-touch" in said
    assert "later" in said


def test_a_form_without_fields_of_its_own_says_that_it_was_refused(render: Render) -> None:
    form = forms.Form({})
    form.add_error(None, "Closed")
    assert "This could not be saved." in render('<c-form-errors :form="form" />', form=form)


def test_words_of_a_page_win_over_words_of_a_form(render: Render) -> None:
    said = render('<c-form-field :field="form.name" label="Partner" help="Short" unit="%" />', form=Joining())
    assert ">Partner<" in said
    assert ">Short<" in said
    assert "with-unit-word" in said
    assert "imprint" not in said


def test_a_table_always_has_a_caption(render: Render) -> None:
    assert '<caption class="heard">Rates</caption>' in render('<c-table caption="Rates"></c-table>')
    assert "<caption>Rates</caption>" in render('<c-table shown caption="Rates" keys scroll></c-table>')


def test_a_chart_says_the_same_as_a_table(render: Render) -> None:
    chart = lines(labels=["Jan", "Feb"], series=[Series("2026", (3, 4))])
    said = render('<c-chart-lines :chart="chart" caption="By month" />', chart=chart)
    assert 'aria-label="By month"' in said
    assert '<td class="number">4</td>' in said


def test_pages_that_do_not_exist_have_no_links_to_them(render: Render) -> None:
    assert render('<c-pagination previous="" next="" />') == ""
    both = render('<c-pagination previous="?b=1" next="?a=1" words="1 to 50" />')
    assert 'rel="prev"' in both
    assert 'rel="next"' in both


def test_a_made_link_with_several_sub_ids_reads_scans_and_copies_alike(render: Render) -> None:
    address = "https://go.example/c/7kq2m?sub1=letter&sub2=may"
    said = render('<c-made-link url="{{ address }}" title="Robe" />', address=address)
    assert "&amp;amp;" not in said
    assert f'data-copy="{address.replace("&", "&amp;")}"' in said
    assert render("{% qr_mark address label='' %}", address=address).partition("<path")[2] in said
