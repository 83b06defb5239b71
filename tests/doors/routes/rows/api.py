"""Rows of the API."""

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.identity.models import Organisation
from rapport.domain.terms import presets
from tests.doors.routes.table import Addressed, Row, by_key, everybody
from tests.make.identity import Cast
from tests.make.replays import make_replay
from tests.make.road import make_agreement, make_coupon, make_link, make_program, make_receipt, report_sale

SALE = {"kind": "sale", "external_id": "1", "currency": "EUR", "total": "10.00"}
REFUND = {"kind": "refund", "of": "1", "currency": "EUR"}


def conversion(cast: Cast) -> Addressed:
    """A conversion of ours, one of theirs, one that is not."""
    ours, theirs = (sold(organisation) for organisation in (cast.ours, cast.theirs))
    return Addressed(
        own={"conversion_id": ours}, elsewhere=({"conversion_id": theirs}, {"conversion_id": "cnv_missing"})
    )


def receipt(cast: Cast) -> Addressed:
    """A receipt of ours, one of theirs, one that is not."""
    ours, theirs = (make_receipt(make_program(organisation)).id for organisation in (cast.ours, cast.theirs))
    return Addressed(own={"receipt_id": ours}, elsewhere=({"receipt_id": theirs}, {"receipt_id": "rcp_missing"}))


def sold(organisation: Organisation) -> str:
    """Sell something in a program of theirs."""
    return report_sale(make_program(organisation), external_id="1", total="10.00").conversion.id


def one_program(cast: Cast) -> Addressed:
    """A program of ours, one of theirs, one that is not."""
    ours, theirs = (make_program(organisation).id for organisation in (cast.ours, cast.theirs))
    return Addressed(own={"program_id": ours}, elsewhere=({"program_id": theirs}, {"program_id": "prg_missing"}))


def link(cast: Cast) -> Addressed:
    """A link of a program of ours, one of theirs, one that is not."""
    ours, theirs = (make_link(make_agreement(make_program(one))).id for one in (cast.ours, cast.theirs))
    return Addressed(own={"link_id": ours}, elsewhere=({"link_id": theirs}, {"link_id": "lnk_missing"}))


def agreement(cast: Cast) -> Addressed:
    """An agreement of a program of ours, one of theirs, one that is not."""
    ours, theirs = (make_agreement(make_program(one)).id for one in (cast.ours, cast.theirs))
    return Addressed(own={"agreement_id": ours}, elsewhere=({"agreement_id": theirs}, {"agreement_id": "agr_missing"}))


# Whoever reports names no program here and has none: what is asked is told with 422.
REPORT = by_key("conversions:write", ok=422)


def replay(cast: Cast) -> Addressed:
    """A replay of a program of ours, one of theirs, one that is not."""
    ours, theirs = (make_replay(make_program(one)).id for one in (cast.ours, cast.theirs))
    return Addressed(own={"replay_id": ours}, elsewhere=({"replay_id": theirs}, {"replay_id": "rpl_missing"}))


def version(cast: Cast) -> Addressed:
    """The first version of a program of ours, of one of theirs, and a version that is not."""
    ours, theirs = (make_program(one).id for one in (cast.ours, cast.theirs))
    return Addressed(
        own={"program_id": ours, "number": "1"},
        elsewhere=({"program_id": theirs, "number": "1"}, {"program_id": ours, "number": "77"}),
    )


def commission(cast: Cast) -> Addressed:
    """A commission of a program of ours, one of theirs, one that is not."""
    ours, theirs = (earned(one) for one in (cast.ours, cast.theirs))
    return Addressed(
        own={"commission_id": ours}, elsewhere=({"commission_id": theirs}, {"commission_id": "com_missing"})
    )


def earned(organisation: Organisation) -> str:
    """Let a partner earn in a program of theirs."""
    program = make_program(organisation)
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA")
    report_sale(program, external_id="1", total="10.00", coupons=["ANNA"])
    return commissions_of_agreement(agreement.id)[0].id


TERMS = {"terms": dict(presets()[0].document)}

ROWS = (
    Row("api:terms", "GET", by_key("terms:write", "read"), at=one_program, csrf=False),
    Row("api:read_version", "GET", by_key("terms:write", "read"), at=version, csrf=False),
    Row("api:check", "POST", by_key("terms:write", "read"), at=one_program, json=TERMS, csrf=False),
    Row("api:draft", "GET", by_key("terms:write"), at=one_program, csrf=False),
    Row("api:draft", "PUT", by_key("terms:write"), at=one_program, json=TERMS, csrf=False),
    # Nothing in the draft is new.
    Row("api:terms", "POST", by_key("terms:write", ok=422), at=one_program, json={}, csrf=False),
    Row("api:read_commission", "GET", by_key("read"), at=commission, csrf=False),
    Row("api:read_statement", "GET", by_key("read"), at=agreement, csrf=False),
    Row("api:send_trial", "POST", REPORT, json={}, csrf=False),
    Row("api:read_trials", "GET", by_key("conversions:write", "read"), at=one_program, csrf=False),
    Row("api:report_conversion", "POST", REPORT, json=SALE, csrf=False),
    Row("api:report_correction", "POST", REPORT, json=REFUND, csrf=False),
    Row("api:read_conversion_back", "GET", by_key("conversions:write", "read"), at=conversion, csrf=False),
    Row("api:read_receipt", "GET", by_key("conversions:write", "read"), at=receipt, csrf=False),
    Row(
        "api:report_clicks",
        "GET",
        by_key("conversions:write", "links:write", "terms:write", "read", ok=422),
        csrf=False,
    ),
    Row("api:read_progress", "GET", by_key("read"), at=agreement, csrf=False),
    Row("api:links", "GET", by_key("links:write", "read"), csrf=False),
    Row("api:links", "POST", by_key("links:write", ok=422), json={}, csrf=False),
    Row("api:read_link", "GET", by_key("links:write", "read"), at=link, csrf=False),
    Row("api:set_limits", "PUT", by_key("links:write"), at=link, json={}, csrf=False),
    Row("api:pause_link", "POST", by_key("links:write"), at=link, json={}, csrf=False),
    Row("api:resume_link", "POST", by_key("links:write"), at=link, json={}, csrf=False),
    Row("api:order", "POST", by_key("terms:write", ok=404), json={"program": "prg_missing"}, csrf=False),
    Row("api:read", "GET", by_key("terms:write", "read"), at=replay, csrf=False),
    Row("api:openapi", "GET", everybody()),
    Row("api:docs", "GET", everybody()),
)
