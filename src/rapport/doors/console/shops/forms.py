"""Forms that connect a shop: what is asked depends on what it runs on."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.shops.inputs import ShopInput
from rapport.apps.shops.models import ShopKind
from rapport.apps.shops.providers.json_hook.profile import Profile, Signing, guess
from rapport.apps.shops.providers.stripe.client import ADDRESS as STRIPE
from rapport.doors.console.forms import Choices, offer
from rapport.kit.outgoing import NotReached, target_of

_SHOPIFY = ".myshopify.com"


def _secret() -> dict[str, Any]:
    return {"widget": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}), "max_length": 250}


class SettingsForm(forms.Form):
    """Which kinds of the terms the orders are, and what codes give."""

    sale_kind = forms.ChoiceField(label=lazy("An order is a"))
    renewal_kind = forms.ChoiceField(label=lazy("A renewal of a subscription is a"))
    code_percent = forms.CharField(
        label=lazy("Codes give customers, in percent"),
        max_length=6,
        required=False,
        help_text=lazy("Such as 10. Then the codes of your partners are made in the shop by themselves."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, kinds: Choices, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        for name in ("sale_kind", "renewal_kind"):
            offer(self.fields[name], kinds)

    def clean_code_percent(self) -> str:
        """Return a percentage as a plain decimal text."""
        given = str(self.cleaned_data["code_percent"]).strip().removesuffix("%").strip().replace(",", ".")
        if not given:
            return ""
        try:
            percent = Decimal(given)
        except InvalidOperation as error:
            raise forms.ValidationError(_("Give a number such as 10 or 7.5.")) from error
        if not percent.is_finite() or not Decimal(0) < percent <= Decimal(100):
            raise forms.ValidationError(_("Give more than 0 and at most 100."))
        return f"{percent.normalize():f}"

    def settings(self) -> dict[str, Any]:
        """Return what was chosen."""
        return {name: self.cleaned_data[name] for name in ("sale_kind", "renewal_kind", "code_percent")}


class ShopForm(SettingsForm):
    """What every shop is asked for."""

    kind: ShopKind
    name = forms.CharField(label=lazy("Name"), max_length=120, help_text=lazy("As your team knows it."))
    key_names: tuple[str, ...] = ()

    def given(self) -> ShopInput:
        """Return what is to be connected."""
        data = self.cleaned_data
        return read_input(
            ShopInput,
            {
                "kind": self.kind.value,
                "name": data["name"],
                "address": data.get("address", ""),
                "signing_secret": data.get("signing_secret", ""),
                "keys": {name: data.get(name, "") for name in self.key_names},
                "settings": self.settings(),
            },
        )


class ShopifyForm(ShopForm):
    """A Shopify shop, by an app of its own."""

    kind = ShopKind.SHOPIFY
    key_names = ("key",)
    address = forms.CharField(
        label=lazy("Address of the shop"), max_length=500, help_text=lazy("Such as marlow-lind.myshopify.com.")
    )
    key = forms.CharField(label=lazy("Admin API access token"), help_text=lazy("Begins with shpat_."), **_secret())
    signing_secret = forms.CharField(
        label=lazy("API secret key"), help_text=lazy("It signs the shop’s messages."), **_secret()
    )
    field_order = ("name", "address", "key", "signing_secret")

    def clean_address(self) -> str:
        """Return the address of the shop's own admin, whatever way it was written."""
        given = str(self.cleaned_data["address"]).strip().rstrip("/")
        if "://" not in given:
            host = given if "." in given else f"{given}{_SHOPIFY}"
            given = f"https://{host}"
        address = reachable(given)
        host = urlsplit(address).hostname or ""
        if not host.endswith(_SHOPIFY) and urlsplit(address).netloc not in settings.LOOPBACK_HOSTS:
            raise forms.ValidationError(_("Give the address that ends in .myshopify.com; Settings → Domains shows it."))
        return address


class WooCommerceForm(ShopForm):
    """A WooCommerce shop."""

    kind = ShopKind.WOOCOMMERCE
    key_names = ("key", "secret")
    address = forms.CharField(
        label=lazy("Address of the shop"), max_length=500, help_text=lazy("Such as https://marlow-lind.example.")
    )
    key = forms.CharField(label=lazy("Consumer key"), help_text=lazy("Begins with ck_."), **_secret())
    secret = forms.CharField(label=lazy("Consumer secret"), help_text=lazy("Begins with cs_."), **_secret())
    field_order = ("name", "address", "key", "secret")

    def clean_address(self) -> str:
        """Return the address at which WordPress stands."""
        given = str(self.cleaned_data["address"]).strip().rstrip("/")
        return reachable(given if "://" in given else f"https://{given}")


class StripeForm(ShopForm):
    """A Stripe account."""

    kind = ShopKind.STRIPE
    key_names = ("key",)
    key = forms.CharField(
        label=lazy("Restricted key"),
        required=False,
        help_text=lazy("Begins with rk_live_. The guide beside this names its rights."),
        **_secret(),
    )
    signing_secret = forms.CharField(
        label=lazy("Or the signing secret of a webhook that you made"),
        required=False,
        help_text=lazy("Begins with whsec_. Not needed with a key: then the webhook is made for you."),
        **_secret(),
    )
    address = forms.CharField(
        label=lazy("Address of the API, for trials with a simulator"), max_length=500, required=False
    )
    field_order = ("name", "key", "signing_secret", "address")

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:  # noqa: ANN401 - as the form beneath takes them
        super().__init__(data, **more)
        if not settings.LOOPBACK_HOSTS:
            del self.fields["address"]

    def clean(self) -> dict[str, Any]:
        """Ask for a key or a secret, and fill in the address."""
        data = super().clean() or self.cleaned_data
        data["address"] = reachable(data.get("address") or STRIPE)
        if not data.get("key") and not data.get("signing_secret"):
            self.add_error("key", _("Give a restricted key, or the signing secret of a webhook."))
        return data


class JsonForm(ShopForm):
    """Anything that sends JSON; the paths say where its fields lie."""

    kind = ShopKind.JSON
    sample = forms.CharField(
        label=lazy("A message as it is sent"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=lazy("Paste one and the fields below are found in it; correct what was guessed wrong."),
    )
    signing = forms.ChoiceField(
        label=lazy("It proves itself by"),
        choices=[
            (Signing.PASSWORD.value, lazy("A secret in a header")),
            (Signing.HMAC_HEX.value, lazy("HMAC-SHA256 of the body, in hex")),
            (Signing.HMAC_BASE64.value, lazy("HMAC-SHA256 of the body, in Base64")),
        ],
    )
    header = forms.CharField(label=lazy("Header that carries it"), max_length=80, initial="x-webhook-secret")
    signing_secret = forms.CharField(
        label=lazy("Secret"), required=False, help_text=lazy("Empty: one is made up and shown."), **_secret()
    )
    minor_units = forms.BooleanField(label=lazy("Amounts are whole cents (1250 for 12.50)"), required=False)

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:  # noqa: ANN401 - as the form beneath takes them
        super().__init__(data, **more)
        for name in Profile.model_fields.keys() - self.fields.keys():
            self.fields[name] = forms.CharField(label=_PATHS[name], max_length=200, required=False)
        for name in ("number", "total"):
            self.fields[name].required = not (data and data.get("sample"))
        self.order_fields(("name", "sample", "signing", "header", "signing_secret", "minor_units", *_PATHS))
        self.guessed = False

    @property
    def paths(self) -> list[forms.BoundField]:
        """Return the fields that say where something lies."""
        return [self[name] for name in _PATHS]

    def clean_sample(self) -> dict[str, Any]:
        """Return the sample; it is only looked at."""
        given = str(self.cleaned_data["sample"]).strip()
        try:
            sample = json.loads(given) if given else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is no JSON.")) from error
        if not isinstance(sample, dict):
            raise forms.ValidationError(_("Paste one object, between { and }."))
        return sample

    def clean(self) -> dict[str, Any]:
        """Fill in what was guessed, and hold the profile to its rules."""
        data = super().clean() or self.cleaned_data
        if data.get("sample") and not (data.get("number") and data.get("total")):
            self._guess(data)
            return data
        if not self.errors:
            try:
                read_input(Profile, self._profile(data))
            except BadInput as refusal:
                for name, sentence in refusal.fields.items():
                    self.add_error(name if name in self.fields else None, sentence)
        return data

    def settings(self) -> dict[str, Any]:
        """Return what was chosen, and the profile."""
        return {**super().settings(), "profile": self._profile(self.cleaned_data)}

    def _guess(self, data: dict[str, Any]) -> None:
        """Show where the fields of the sample probably lie, and let a person look before anything is kept."""
        found = guess(data["sample"])
        self.data = {**{name: self.data.get(name, "") for name in self.fields}, **_missing(found, data)}
        self.guessed = True

    def _profile(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in Profile.model_fields if name in data}


_PATHS: dict[str, Any] = {
    "number": lazy("Order number"),
    "total": lazy("Total that the customer paid"),
    "tax": lazy("Tax"),
    "shipping": lazy("Shipping"),
    "discount": lazy("Discount"),
    "currency": lazy("Currency (empty: the program’s)"),
    "ordered_at": lazy("Moment of the order"),
    "version": lazy("Moment of the last change"),
    "customer": lazy("Customer’s number"),
    "email": lazy("Customer’s mail address"),
    "click_id": lazy("Click id"),
    "coupon": lazy("Code"),
    "channel": lazy("Channel"),
    "delivery_id": lazy("Id of the message"),
    "event": lazy("Kind of the message"),
    "refund_words": lazy("Kinds that are a refund, with commas"),
    "cancel_words": lazy("Kinds that are a cancellation, with commas"),
    "refund_number": lazy("Number of the refund"),
    "refund_total": lazy("Amount of the refund"),
}

FORMS: Mapping[str, type[ShopForm]] = {
    form.kind.value: form for form in (ShopifyForm, WooCommerceForm, StripeForm, JsonForm)
}


def _missing(found: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, str]:
    return {name: path for name, path in found.items() if not data.get(name)}


def reachable(address: str) -> str:
    """Return an address that may be asked, or say what is wrong with it."""
    try:
        target_of(address, https_only=True, loopback=settings.LOOPBACK_HOSTS)
    except NotReached as failure:
        raise forms.ValidationError(_("Give an address that begins with https://, without a port.")) from failure
    return address
