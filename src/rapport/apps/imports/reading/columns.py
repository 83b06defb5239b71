"""What a column can mean, and a guess at it from its name and its first values."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from rapport.apps.imports.reading.values import DateOrder, DecimalSign, parse_moment, parse_number


class Meaning(StrEnum):
    """What the cells of a column are."""

    ORDER = "order"
    DATE = "date"
    PRODUCT = "product"
    NAME = "name"
    BRAND = "brand"
    CATEGORY = "category"
    QUANTITY = "quantity"
    PRICE = "price"
    AMOUNT = "amount"
    TAX = "tax"
    SHIPPING = "shipping"
    DISCOUNT = "discount"
    CURRENCY = "currency"
    CUSTOMER = "customer"
    COUNTRY = "country"
    COUPON = "coupon"
    CLICK = "click"
    CORRECTS = "corrects"
    PARTNER = "partner"
    UNTIL = "until"
    MAIL = "mail"
    PERSON = "person"
    WEBSITE = "website"
    SEGMENT = "segment"
    LANGUAGE = "language"
    RATE = "rate"
    CODES = "codes"
    OLD_LINK = "old_link"
    BALANCE = "balance"
    EXPLANATION = "explanation"
    METHOD = "method"
    HOLDER = "holder"
    ACCOUNT = "account"
    ROUTING = "routing"
    VERDICT = "verdict"
    DECLINE_CODE = "decline_code"
    REASON = "reason"


MEANINGS = {
    Meaning.ORDER: _("Order number"),
    Meaning.DATE: _("Date"),
    Meaning.PRODUCT: _("Product"),
    Meaning.NAME: _("Name of the product"),
    Meaning.BRAND: _("Brand"),
    Meaning.CATEGORY: _("Category"),
    Meaning.QUANTITY: _("Quantity"),
    Meaning.PRICE: _("Price of one piece"),
    Meaning.AMOUNT: _("Amount of the line"),
    Meaning.TAX: _("Tax"),
    Meaning.SHIPPING: _("Shipping"),
    Meaning.DISCOUNT: _("Discount"),
    Meaning.CURRENCY: _("Currency"),
    Meaning.CUSTOMER: _("Customer"),
    Meaning.COUNTRY: _("Country"),
    Meaning.COUPON: _("Code"),
    Meaning.CLICK: _("Click id"),
    Meaning.CORRECTS: _("Order that is corrected"),
    Meaning.PARTNER: _("Partner"),
    Meaning.UNTIL: _("Until"),
    Meaning.MAIL: _("Mail address"),
    Meaning.PERSON: _("Name of the person"),
    Meaning.WEBSITE: _("Website"),
    Meaning.SEGMENT: _("What they do"),
    Meaning.LANGUAGE: _("Language"),
    Meaning.RATE: _("Own rate"),
    Meaning.CODES: _("Codes"),
    Meaning.OLD_LINK: _("Old link or parameter"),
    Meaning.BALANCE: _("Opening balance"),
    Meaning.EXPLANATION: _("Explanation of the balance"),
    Meaning.METHOD: _("Payout method"),
    Meaning.HOLDER: _("Holder of the account"),
    Meaning.ACCOUNT: _("IBAN, account or PayPal address"),
    Meaning.ROUTING: _("Number of the bank"),
    Meaning.VERDICT: _("Approve, decline or new amount"),
    Meaning.DECLINE_CODE: _("Code of the decline"),
    Meaning.REASON: _("Reason"),
}

OF_ORDERS = tuple(Meaning)[: tuple(Meaning).index(Meaning.PARTNER)]
OF_BINDINGS = (Meaning.CUSTOMER, Meaning.COUPON, Meaning.PARTNER, Meaning.DATE, Meaning.UNTIL)
OF_PARTNERS = (
    *(Meaning.PARTNER, Meaning.MAIL, Meaning.PERSON, Meaning.WEBSITE, Meaning.SEGMENT, Meaning.LANGUAGE, Meaning.RATE),
    *(Meaning.CODES, Meaning.OLD_LINK, Meaning.BALANCE, Meaning.EXPLANATION),
    *(Meaning.METHOD, Meaning.HOLDER, Meaning.ACCOUNT, Meaning.ROUTING, Meaning.COUNTRY),
)
OF_VALIDATIONS = (Meaning.ORDER, Meaning.VERDICT, Meaning.AMOUNT, Meaning.DECLINE_CODE, Meaning.REASON)
NUMBERS = (
    *(Meaning.QUANTITY, Meaning.PRICE, Meaning.AMOUNT, Meaning.TAX, Meaning.SHIPPING, Meaning.DISCOUNT),
    *(Meaning.RATE, Meaning.BALANCE),
)

_NAMES: Mapping[Meaning, str] = {
    Meaning.CORRECTS: "original order|original invoice|corrects|refund of|related order|credited invoice",
    Meaning.ORDER: "order|order id|order no|order number|order nr|order ref|invoice|invoice no|invoice number"
    "|invoice id|transaction id|external id|bestellnummer|bestellung|auftrag|auftragsnummer|rechnungsnummer"
    "|номер заказа|заказ",
    Meaning.DATE: "date|order date|invoice date|created at|created|time|timestamp|datetime|occurred at|purchase date"
    "|from|since|start|starts|bound from|datum|bestelldatum|rechnungsdatum|ab|seit|дата|дата заказа",
    Meaning.NAME: "description|product name|item name|title|lineitem name|name|bezeichnung|artikelname|produktname"
    "|название|товар",
    Meaning.PRODUCT: "stock code|sku|product|product id|item|item id|article|article no|lineitem sku|ean|artikelnummer"
    "|artikel|артикул",
    Meaning.BRAND: "brand|vendor|manufacturer|marke|hersteller|бренд",
    Meaning.CATEGORY: "category|product category|product type|department|kategorie|категория",
    Meaning.QUANTITY: "quantity|qty|units|pieces|count|lineitem quantity|menge|anzahl|количество|кол во",
    Meaning.PRICE: "unit price|price|item price|price each|lineitem price|einzelpreis|preis|stückpreis|цена",
    Meaning.AMOUNT: "amount|line total|total|line amount|subtotal|gross|revenue|value|order total|betrag|summe|gesamt"
    "|umsatz|сумма|итого",
    Meaning.TAX: "tax|vat|taxes|sales tax|mwst|ust|steuer|ндс|налог",
    Meaning.SHIPPING: "shipping|postage|delivery|freight|shipping cost|versand|versandkosten|доставка",
    Meaning.DISCOUNT: "discount|discount amount|rebate|rabatt|nachlass|скидка",
    Meaning.CURRENCY: "currency|currency code|währung|валюта",
    Meaning.CUSTOMER: "customer|customer id|customer no|customer number|client|client id|user id|buyer|buyer id|kunde"
    "|kundennummer|kunden id|покупатель|клиент|id клиента",
    Meaning.COUNTRY: "country|country code|shipping country|billing country|land|страна",
    Meaning.COUPON: "coupon|coupon code|voucher|voucher code|promo code|promocode|discount code|code|gutschein"
    "|gutscheincode|промокод|купон",
    Meaning.CLICK: "click id|clickid|rpid|click|klick id",
    Meaning.PARTNER: "partner|affiliate|publisher|partner id|affiliate id|partner name|influencer|partner email"
    "|partner website|партнер|партнёр",
    Meaning.UNTIL: "until|to|end|ends|expires|valid until|bis|до",
}
NAMES_OF_PARTNERS: Mapping[Meaning, str] = {
    Meaning.PARTNER: "partner|affiliate|publisher|name|partner name|company|company name|organisation|organization"
    "|affiliate name|firma|unternehmen|партнер|партнёр|название",
    Meaning.MAIL: "mail|email|e mail|mail address|email address|e mail adresse|contact email|почта|эл почта",
    Meaning.PERSON: "person|contact|contact name|contact person|first name|full name|ansprechpartner|контакт|имя",
    Meaning.WEBSITE: "website|site|url|homepage|web|domain|webseite|internetseite|сайт",
    Meaning.SEGMENT: "segment|type|kind|category|group|what they do|art|typ|gruppe|тип|сегмент",
    Meaning.LANGUAGE: "language|lang|locale|sprache|язык",
    Meaning.RATE: "rate|own rate|commission|commission rate|commission percent|percent|provision|satz|ставка|комиссия",
    Meaning.CODES: "codes|code|coupon|coupons|coupon code|coupon codes|voucher|promo code|promo codes|gutscheincode"
    "|gutscheincodes|gutschein|промокод|промокоды|купон",
    Meaning.OLD_LINK: "old link|old links|old address|link|referral link|affiliate link|ref|ref id|referral id|slug"
    "|parameter|tracking link|tracking id|affiliate id|alter link|ссылка|реф ссылка",
    Meaning.BALANCE: "balance|opening balance|unpaid|amount due|due|owed|guthaben|saldo|offener betrag|баланс|остаток",
    Meaning.EXPLANATION: "explanation|note|balance note|explanation of the balance|reason|erklärung|notiz|пояснение",
    Meaning.METHOD: "method|payout method|payment method|pays by|zahlungsart|auszahlung|способ выплаты",
    Meaning.HOLDER: "holder|account holder|account name|kontoinhaber|inhaber|получатель",
    Meaning.ACCOUNT: "account|iban|account number|paypal|paypal email|paypal address|payout account|konto|счет|счёт",
    Meaning.ROUTING: "routing|routing number|bank code|bic|swift|sort code|bankleitzahl|blz",
    Meaning.COUNTRY: "country|country code|bank country|land|страна",
}
NAMES_OF_VALIDATIONS: Mapping[Meaning, str] = {
    Meaning.ORDER: _NAMES[Meaning.ORDER],
    Meaning.VERDICT: "verdict|status|decision|state|action|validation|result|entscheidung|urteil|решение|статус",
    Meaning.AMOUNT: "amount|new amount|corrected amount|total|order total|new total|neuer betrag|betrag|сумма"
    "|новая сумма",
    Meaning.DECLINE_CODE: "code|decline code|reason code|reject code|ablehnungscode|код|код отказа",
    Meaning.REASON: "reason|comment|note|decline reason|explanation|grund|begründung|kommentar|причина",
}
_GAPS = re.compile(r"[^\w]+|_+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_UTC = ZoneInfo("UTC")


def guess_columns(
    header: Sequence[str],
    samples: Sequence[Sequence[str]],
    *,
    among: Sequence[Meaning],
    names: Mapping[Meaning, str] = _NAMES,
) -> dict[Meaning, str]:
    """Guess which column means what: by the whole name, and for dates also by the values; each column means one thing.

    A column whose values do not fit what its name promises is left out.
    """
    known: dict[str, Meaning] = {}
    for meaning, spoken in names.items():
        if meaning in among:
            known.update(dict.fromkeys((_plain(name) for name in spoken.split("|")), meaning))
    found: dict[Meaning, str] = {}
    for place, column in enumerate(header):
        meant = known.get(_plain(column))
        if meant and meant not in found and _fits(meant, [row[place] for row in samples if place < len(row)]):
            found[meant] = column
    if Meaning.DATE not in found and Meaning.DATE in among:
        free = [(place, name) for place, name in enumerate(header) if name not in found.values()]
        dates = [name for place, name in free if _all(_is_date, [row[place] for row in samples])]
        if dates:
            found[Meaning.DATE] = dates[0]
    return found


def _plain(name: str) -> str:
    return "".join(_GAPS.sub(" ", _HUMPS.sub(" ", name)).casefold().split())


def _fits(meaning: Meaning, values: Sequence[str]) -> bool:
    told = [value for value in values if value]
    if meaning in NUMBERS:
        return not told or _all(_is_number, told)
    return meaning not in {Meaning.DATE, Meaning.UNTIL} or not told or _all(_is_date, told)


def _all(fits: Callable[[str], bool], values: Sequence[str]) -> bool:
    """Say whether nearly all of the values fit: real files have dirt."""
    told = [value for value in values if value]
    return bool(told) and sum(map(fits, told)) >= len(told) * 0.9


def _is_number(value: str) -> bool:
    return any(parse_number(value, sign) is not None for sign in DecimalSign)


def _is_date(value: str) -> bool:
    return any(parse_moment(value, order, zone=_UTC) for order in DateOrder)
