"""The demo program: an invented shop with ten partners, clicks in the real journal, orders by the real use-cases."""

from rapport.flows.demo.loading import Hint, Loaded, SignIn, load_demo

__all__ = ["Hint", "Loaded", "SignIn", "load_demo"]
