"""The demo program: an invented shop with 55 partners and a year of clicks, orders and payouts by real use-cases."""

from rapport.flows.demo.hints import Hint, Loaded, SignIn
from rapport.flows.demo.loading import load_demo

__all__ = ["Hint", "Loaded", "SignIn", "load_demo"]
