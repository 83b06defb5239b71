"""Writes of shops, by group of use-cases."""

from rapport.apps.shops.actions.codes import begin_codes, note_code_made, put_off_code, wish_again
from rapport.apps.shops.actions.comparing import (
    begin_comparison,
    fail_comparison,
    finish_comparison,
    forget_differences,
    note_repaired,
)
from rapport.apps.shops.actions.connecting import (
    change_settings,
    connect_shop,
    customer_hash,
    disconnect_shop,
    ensure_salt,
    note_connected,
    note_not_connected,
    note_unproven,
    reconnect_shop,
)
from rapport.apps.shops.actions.deliveries import (
    forget_bodies,
    forget_these_bodies,
    keep_delivery,
    lock_delivery,
    put_off_delivery,
    release_waiting,
    run_delivery_again,
    settle_delivery,
)
from rapport.apps.shops.actions.orders import keep_order, keep_reversal, lock_order, lock_reversals, renew_order
from rapport.apps.shops.actions.totals import tell_channel_days

__all__ = [
    "begin_codes",
    "begin_comparison",
    "change_settings",
    "connect_shop",
    "customer_hash",
    "disconnect_shop",
    "ensure_salt",
    "fail_comparison",
    "finish_comparison",
    "forget_bodies",
    "forget_differences",
    "forget_these_bodies",
    "keep_delivery",
    "keep_order",
    "keep_reversal",
    "lock_delivery",
    "lock_order",
    "lock_reversals",
    "note_code_made",
    "note_connected",
    "note_not_connected",
    "note_repaired",
    "note_unproven",
    "put_off_code",
    "put_off_delivery",
    "reconnect_shop",
    "release_waiting",
    "renew_order",
    "run_delivery_again",
    "settle_delivery",
    "tell_channel_days",
    "wish_again",
]
