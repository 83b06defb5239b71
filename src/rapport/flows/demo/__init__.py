"""The demo program: an invented shop with 55 partners and a year of clicks, orders and payouts by real use-cases."""
