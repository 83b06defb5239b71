"""The road of a postback: what is authentic and readable is on the disk before it is acknowledged."""

import datetime as dt
import json

import pytest
from standardwebhooks import Webhook

from rapport.edge import signature
from tests.edge.conftest import NOW_MS, SECRET, TOKEN, Response, RunningEdge

NOW = dt.datetime.fromtimestamp(NOW_MS / 1000, tz=dt.UTC)
JSON = "application/json"


def receipt(response: Response) -> str:
    """Return the receipt of an acknowledged postback."""
    assert response.status == 200, response.body
    text = json.loads(response.body)["receipt"]
    assert isinstance(text, str)
    return text


def problem(response: Response) -> tuple[int, str]:
    """Return status and named field of a refusal."""
    document = json.loads(response.body)
    assert response.headers["content-type"] == "application/problem+json"
    assert document["status"] == response.status
    return response.status, document["errors"][0]["field"]


def sign(body: bytes, *, secret: bytes = SECRET, at: dt.datetime = NOW, message_id: str = "msg_1") -> dict[str, str]:
    """Return the headers of a signed body."""
    signed = Webhook(secret).sign(message_id, at, body.decode())
    return {
        "webhook_id": message_id,
        "webhook_timestamp": str(int(at.timestamp())),
        "webhook_signature": signed,
        "content_type": JSON,
    }


def test_a_postback_by_address_gets_a_receipt_and_is_written_down(edge: RunningEdge) -> None:
    response = edge.get(
        f"/pb?token={TOKEN}&kind=sale&order_id=A%201&amount=12.50&currency=EUR&note=", user_agent="shop/1"
    )

    postback = edge.postback()
    assert postback.receipt_id == receipt(response)
    assert postback.receipt_id.startswith("rcp_")
    assert postback.params == {"kind": "sale", "order_id": "A 1", "amount": "12.50", "currency": "EUR", "note": ""}
    assert (postback.program_id, postback.auth, postback.method, postback.at_ms) == ("prg_1", "token", "GET", NOW_MS)
    assert (postback.address, postback.user_agent, postback.body) == ("127.0.0.1", "shop/1", None)


def test_a_postback_by_form_is_read_with_its_query(edge: RunningEdge) -> None:
    body = f"token={TOKEN}&customer_id=J%C3%BCrgen+M".encode()
    receipt(edge.post("/pb?kind=lead", body, content_type="application/x-www-form-urlencoded; charset=utf-8"))

    postback = edge.postback()
    assert postback.params == {"kind": "lead", "customer_id": "Jürgen M"}
    assert postback.content_type == "application/x-www-form-urlencoded"


def test_a_postback_by_json_keeps_its_numbers_as_they_were_written(edge: RunningEdge) -> None:
    body = b'{"kind":"sale","amount":12.50,"quantity":3,"test":false,"coupon":null,"lines":[{"price":0.10}]}'
    receipt(edge.post("/pb", body, content_type="application/vnd.shop+json", authorization=f"Bearer {TOKEN}"))

    postback = edge.postback()
    assert postback.params == {"kind": "sale", "amount": "12.50", "quantity": "3", "test": "false"}
    assert postback.body == body.decode()


def test_the_token_is_nowhere_in_the_journal(edge: RunningEdge) -> None:
    receipt(edge.get(f"/pb?token={TOKEN}&kind=sale"))
    edge.post("/pb", f'{{"token":"{TOKEN}"}}'.encode(), content_type=JSON)
    edge.stop()

    assert all(TOKEN.encode() not in path.read_bytes() for path in (edge.data / "journal").iterdir())


def test_a_signed_postback_is_taken_with_its_message_id(edge: RunningEdge) -> None:
    body = b'{"kind":"sale","amount":"1.00","program":"prg_2"}'
    receipt(edge.post("/pb?program=prg_1&amount=999", body, **sign(body)))

    postback = edge.postback()
    assert (postback.program_id, postback.auth, postback.message_id) == ("prg_1", "hmac", "msg_1")
    assert postback.params["amount"] == "1.00", "the query is not signed and not read"


def test_during_rotation_one_good_signature_of_several_is_enough(edge: RunningEdge) -> None:
    body = b"{}"
    headers = sign(body)
    headers["webhook_signature"] = "v1,AAAA v2,xyz " + headers["webhook_signature"]

    receipt(edge.post("/pb?program=prg_1", body, **headers))


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_id": "msg_2"},
        {"webhook_id": ""},
        {"webhook_id": "m" * 300},
        {"webhook_timestamp": "0"},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "9" * 13},
        {"webhook_timestamp": str(NOW_MS // 1000 + 1)},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,AAAA"},
    ],
)
def test_a_changed_signature_is_refused(edge: RunningEdge, changes: dict[str, str]) -> None:
    body = b'{"kind":"sale"}'

    assert problem(edge.post("/pb?program=prg_1", body, **{**sign(body), **changes})) == (401, "webhook-signature")
    assert edge.events() == []


def test_a_signature_of_somebody_else_or_of_another_time_is_refused(edge: RunningEdge) -> None:
    body = b'{"kind":"sale"}'
    tolerance = dt.timedelta(seconds=signature.TOLERANCE_SECONDS)
    second = dt.timedelta(seconds=1)

    for target, headers in [
        ("/pb?program=prg_2", sign(body)),
        ("/pb?program=prg_9", sign(body)),
        ("/pb", sign(body)),
        ("/pb?program=prg_1", sign(body, secret=b"the secret of a partner, 32 byte")),
        ("/pb?program=prg_1", sign(body + b" ")),
        ("/pb?program=prg_1", sign(body, at=NOW - tolerance - second)),
        ("/pb?program=prg_1", sign(body, at=NOW + tolerance + second)),
    ]:
        assert edge.post(target, body, **headers).status == 401
    for at in (NOW - tolerance, NOW + tolerance):
        receipt(edge.post("/pb?program=prg_1", body, **sign(body, at=at)))


def test_a_signed_request_without_a_body_is_refused(edge: RunningEdge) -> None:
    headers = sign(b"")

    assert edge.get("/pb?program=prg_1&amount=5", **headers).status == 401


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%C3%A9", "?program=prg_1"])
def test_without_the_program_s_token_nothing_is_taken(edge: RunningEdge, query: str) -> None:
    assert problem(edge.get(f"/pb{query}")) == (401, "token")
    assert edge.metrics()['postbacks_total{outcome="unauthentic"}'] == 1
    assert edge.events() == []


@pytest.mark.parametrize(
    ("body", "content_type", "field"),
    [
        (b"{", JSON, "body"),
        (b"[]", JSON, "body"),
        (b"5", JSON, "body"),
        (b'"text"', JSON, "body"),
        (b'{"amount":NaN}', JSON, "body"),
        (b'{"amount":1,"amount":2}', JSON, "body"),
        (b'{"lines":[{"a":1,"a":2}]}', JSON, "body"),
        (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", JSON, "body"),
        (b'{"a":"\\u0000"}', JSON, "body"),
        (b'{"a":"\xff"}', JSON, "body"),
        (b'{"token":"x"}', JSON, "token"),
        (b'{"a\\nb":"x"}', JSON, "a\nb"),
        (b'{"a":"\\u0007"}', JSON, "a"),
        (b"a=%FF", "", "body"),
        (b"a=\xff", "", "body"),
        (b"a=1&a=2", "", "a"),
        (b"a=1&token=2", "", "token"),
        (b"a=%00", "", "a"),
        (b"a=" + b"x" * 2001, "", "a"),
        (b"a" * 65 + b"=1", "", "a" * 64),
        (b"=1", "", ""),
        (b"&".join(b"f%d=1" % number for number in range(101)), "", "body"),
        (b"--x", "multipart/form-data; boundary=x", "content-type"),
        (b"<a/>", "text/xml", "content-type"),
    ],
)
def test_what_cannot_be_read_is_refused_and_the_place_named(
    edge: RunningEdge, body: bytes, content_type: str, field: str
) -> None:
    assert problem(edge.post(f"/pb?token={TOKEN}", body, content_type=content_type)) == (400, field)
    assert edge.metrics()['postbacks_total{outcome="unreadable"}'] == 1


def test_a_query_in_another_encoding_is_refused(edge: RunningEdge) -> None:
    assert problem(edge.get(f"/pb?token={TOKEN}&name=%E9")) == (400, "query")


def test_a_body_of_64_kilobytes_is_read_and_a_larger_one_refused(edge: RunningEdge) -> None:
    def body(size: int) -> bytes:
        return b'{"lines":"' + b" " * (size - 12) + b'"}'

    assert problem(edge.post(f"/pb?token={TOKEN}", body(65_536), content_type=JSON)) == (400, "lines")
    lines = json.dumps({"lines": ["x" * 60_000]}).encode()
    receipt(edge.post(f"/pb?token={TOKEN}", lines, content_type=JSON))
    assert edge.post(f"/pb?token={TOKEN}", body(65_537), content_type=JSON).status == 413


def test_a_chunked_body_is_read(edge: RunningEdge) -> None:
    head = f"POST /pb?token={TOKEN} HTTP/1.1\r\nhost: e\r\ncontent-type: {JSON}\r\ntransfer-encoding: chunked\r\n\r\n"
    receipt(edge.raw(head.encode() + b'8\r\n{"kind":\r\n7\r\n"sale"}\r\n0\r\n\r\n'))

    assert edge.postback().params == {"kind": "sale"}


def test_other_methods_are_refused(edge: RunningEdge) -> None:
    response = edge.get(f"/pb?token={TOKEN}", method="HEAD")

    assert response.status == 405
    assert response.headers["allow"] == "GET, POST"
