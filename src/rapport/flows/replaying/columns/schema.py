"""What the columns of judged facts hold; change a list and raise `HOLDS`, and they are made anew."""

from typing import Final

HOLDS: Final = 1
"""The version of these columns: files of another one are thrown away."""

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
    "then": WHOLE,
    "then_version": TEXT,
    "then_day": WHOLE,
    # What is left of each part of the order: a numerator, all over one denominator.
    "left_total": WHOLE,
    "left_tax": WHOLE,
    "left_shipping": WHOLE,
    "left_discount": WHOLE,
    "left_den": WHOLE,
    "stands_num": WHOLE,  # which part of the order stands
    "stands_den": WHOLE,
    "factor_num": WHOLE,  # what its currency is worth
    "factor_den": WHOLE,
    "basis": WHOLE,
    # How long after the order the first and the last correction came that a reversal window may shut out.
    "first_ms": WHOLE,
    "last_ms": WHOLE,
    # The basket: one product, or several whose shares lie beside; what was told of cost.
    "shares": WHOLE,
    "product": TEXT,
    "costed": WHOLE,  # lines that told their cost
    "margin": WHOLE,
    # As reported, for whoever computes a line again.
    "total": WHOLE,
    "tax": WHOLE,
    "shipping": WHOLE,
    "discount": WHOLE,
    "corrections": TEXT,
    "currency": TEXT,
    "rate": TEXT,
}

SHARES: Final = {
    "no": WHOLE,
    "position": WHOLE,
    "product": TEXT,
    "weight": WHOLE,
    "weights": WHOLE,  # of the whole basket
    "margin": WHOLE,
    "then": WHOLE,
    "engine": WHOLE,
    "basis": WHOLE,
}
