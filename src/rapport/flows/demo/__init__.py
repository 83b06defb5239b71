"""The demo program: an invented shop with ten partners, real clicks in the real journal and orders through the real doors."""

from rapport.flows.demo.loading import Hint, Loaded, SignIn, load_demo

__all__ = ["Hint", "Loaded", "SignIn", "load_demo"]
