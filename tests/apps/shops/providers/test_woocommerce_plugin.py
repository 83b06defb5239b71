"""The plug-in for WooCommerce runs under a real PHP, with stand-ins for what it calls of WordPress."""

import json
import subprocess
from pathlib import Path

import pytest

from rapport.apps.shops.providers.woocommerce.plugin import FILE_NAME, plugin_text
from tests.support.system import Missing, has_php

WORDPRESS = """<?php
define('ABSPATH', '/');
$GLOBALS['hooks'] = array();
function add_action($name, $does) { $GLOBALS['hooks'][$name] = $does; }
function is_ssl() { return true; }
class Order {
    public $meta;
    function __construct($meta) { $this->meta = $meta; }
    function get_meta($name) { return isset($this->meta[$name]) ? $this->meta[$name] : ''; }
    function update_meta_data($name, $value) { $this->meta[$name] = $value; }
}
$asked = json_decode($argv[1], true);
$_GET = $asked['get'];
$_COOKIE = $asked['cookies'];
require $argv[2];
ob_start();
call_user_func($GLOBALS['hooks']['init']);
$order = new Order($asked['meta']);
call_user_func($GLOBALS['hooks'][$asked['checkout']], $order);
ob_end_clean();
echo json_encode(array('cookies' => $_COOKIE, 'meta' => (object) $order->meta));
"""

CLASSIC, BLOCKS = "woocommerce_checkout_create_order", "woocommerce_store_api_checkout_update_order_meta"


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    if not has_php():
        raise Missing("PHP")
    (tmp_path / "wordpress.php").write_text(WORDPRESS)
    (tmp_path / FILE_NAME).write_text(plugin_text(parameter="rpid"))
    return tmp_path / FILE_NAME


def run(plugin: Path, *, checkout: str = CLASSIC, **asked: dict[str, object]) -> dict[str, dict[str, str]]:
    given = json.dumps({"get": {}, "cookies": {}, "meta": {}, "checkout": checkout, **asked})
    program = ["php", "-d", "display_errors=stderr", str(plugin.with_name("wordpress.php")), given, str(plugin)]
    ended = subprocess.run(program, check=True, capture_output=True, text=True, timeout=30)
    assert ended.stderr == ""
    found: dict[str, dict[str, str]] = json.loads(ended.stdout)
    return {name: dict(value) for name, value in found.items()}


def test_php_finds_nothing_wrong_with_it(plugin: Path) -> None:
    said = subprocess.run(["php", "-l", str(plugin)], check=True, capture_output=True, text=True)
    assert "No syntax errors" in said.stdout


@pytest.mark.parametrize("checkout", [CLASSIC, BLOCKS])
def test_a_visit_through_a_link_is_kept_and_written_into_the_order(plugin: Path, checkout: str) -> None:
    came = run(plugin, get={"rpid": "AbC-12_3", "ref": "anna"}, checkout=checkout)
    assert came["cookies"] == {"rapport_click": "AbC-12_3", "rapport_ref": "anna"}
    assert came["meta"] == {"_rapport_click_id": "AbC-12_3", "_rapport_ref": "anna"}


def test_an_earlier_visit_counts_and_a_newer_one_wins(plugin: Path) -> None:
    assert run(plugin, cookies={"rapport_click": "old"})["meta"] == {"_rapport_click_id": "old"}
    assert run(plugin, get={"rpid": "new"}, cookies={"rapport_click": "old"})["meta"] == {"_rapport_click_id": "new"}


def test_what_stands_in_the_order_already_stays(plugin: Path) -> None:
    came = run(plugin, get={"rpid": "second"}, meta={"_rapport_click_id": "first"})
    assert came["meta"] == {"_rapport_click_id": "first"}


@pytest.mark.parametrize("nonsense", ["<script>", "a b", "x" * 129, "", ["rpid"], "ä"])
def test_what_is_no_click_id_is_kept_nowhere(plugin: Path, nonsense: object) -> None:
    came = run(plugin, get={"rpid": nonsense}, cookies={})
    assert came == {"cookies": {}, "meta": {}}


def test_a_program_with_another_parameter_gets_its_own_plug_in(plugin: Path) -> None:
    plugin.write_text(plugin_text(parameter="via';system('x"))
    assert "RAPPORT_PARAMETER = 'viasystemx'" in plugin.read_text()
    assert run(plugin, get={"viasystemx": "abc"})["meta"] == {"_rapport_click_id": "abc"}
