"""What the columns of judged facts hold; change a list and raise `HOLDS`, and they are made anew."""

from typing import Final

HOLDS: Final = 1
"""The version of these columns: files of another one are thrown away."""

PER_PIECE: Final = 10_000
"""Quantities have four decimals."""

TEXT: Final = "VARCHAR"
WHOLE: Final = "BIGINT"
TRUTH: Final = "BOOLEAN"

FACTS: Final = {
    # Which order, and where its story is found.
    "no": WHOLE,
    "conversion_id": TEXT,
    "customer_id": TEXT,
    "external_id": TEXT,
    "kind": TEXT,
    "day": WHOLE,  # since 1970, in the program's zone
    # Only the engine can say what it pays.
    "hard": TRUTH,
    # Who earns by what was promised, and what the books hold for them.
    "agreement": TEXT,
    "version": TEXT,
    "engine": WHOLE,
    "hold_day": WHOLE,
    "booked": WHOLE,
    "booked_version": TEXT,
    "booked_day": WHOLE,
    # As reported: parts of the order, and what its currency is worth.
    "total": WHOLE,
    "tax": WHOLE,
    "shipping": WHOLE,
    "discount": WHOLE,
    "factor_num": WHOLE,
    "factor_den": WHOLE,
    # What is left of each part: a numerator, all over one denominator; and which part of the order stands.
    "left_total": WHOLE,
    "left_tax": WHOLE,
    "left_shipping": WHOLE,
    "left_discount": WHOLE,
    "left_den": WHOLE,
    "stands_num": WHOLE,
    "stands_den": WHOLE,
    "basis": WHOLE,
    # How long after the order the first and the last correction came that a reversal window may shut out.
    "first_ms": WHOLE,
    "last_ms": WHOLE,
    # What the conditions of rules ask of the order; nothing where nobody told it.
    "customer": TEXT,
    "country": TEXT,
    "device": TEXT,
    "coupon": TEXT,
    "codes": TEXT,  # |one|two|
    "segment": TEXT,
    "placement": TEXT,
    "channel": TEXT,
    "weekday": TEXT,
    "hour": WHOLE,
    "quantity": WHOLE,
    "months": WHOLE,
    "times": WHOLE,
    "window_over": TRUTH,
    # The basket: one product, or several whose lines lie beside; what was told of cost.
    "lines": WHOLE,
    "product": TEXT,
    "costed": WHOLE,  # lines that told their cost
    "margin": WHOLE,
}

BEHIND: Final = ("conversion_id", "customer_id", "external_id")
"""Columns that are only read of the few orders that are named."""

SHARES: Final = {
    "no": WHOLE,
    "place": WHOLE,
    "product": TEXT,
    "product_key": TEXT,
    "category": TEXT,
    "brand": TEXT,
    "price": WHOLE,
    "pieces": WHOLE,
    "cost": WHOLE,
    "weight": WHOLE,
    "weights": WHOLE,  # of the whole basket
    "margin": WHOLE,
    # Whether it is the first line of its product in the order, and the first of those that told their cost.
    "leads": WHOLE,
    "leads_cost": WHOLE,
    "booked": WHOLE,
    "engine": WHOLE,
    "basis": WHOLE,
}
