"""A point behind the day. What browsers read, in fields and drawings, stays as they know it."""

DATE_FORMAT = "j. F Y"
MONTH_DAY_FORMAT = "j. F"
DATETIME_FORMAT = "j. F Y, H:i"
DECIMAL_SEPARATOR = "."
DATE_INPUT_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")
