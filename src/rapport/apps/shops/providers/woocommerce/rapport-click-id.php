<?php
/**
 * Plugin Name: Rapport click id
 * Description: Keeps the click id of a visit that came through a partner's link, and writes it into the order.
 * Version: 1.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * Nothing is sent anywhere: WooCommerce's own webhooks carry the order with its meta data.
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const RAPPORT_PARAMETER = 'rpid';
const RAPPORT_OLD_PARAMETER = 'ref';
const RAPPORT_COOKIE = 'rapport_click';
const RAPPORT_OLD_COOKIE = 'rapport_ref';
const RAPPORT_DAYS = 365;

/** Return a click id, or a partner's old code, as it may be kept; nothing for anything else. */
function rapport_clean( $given, $longest ) {
	$text = is_string( $given ) ? trim( $given ) : '';
	return preg_match( '/^[A-Za-z0-9_.~-]{1,' . (int) $longest . '}$/', $text ) ? $text : '';
}

/** Keep the click id that a visit brings; the newest wins. */
function rapport_keep() {
	if ( headers_sent() ) {
		return;
	}
	$names = array(
		RAPPORT_COOKIE     => array( RAPPORT_PARAMETER, 128 ),
		RAPPORT_OLD_COOKIE => array( RAPPORT_OLD_PARAMETER, 64 ),
	);
	foreach ( $names as $cookie => list( $parameter, $longest ) ) {
		$value = isset( $_GET[ $parameter ] ) ? rapport_clean( $_GET[ $parameter ], $longest ) : '';
		if ( '' !== $value ) {
			$options = array(
				'expires'  => time() + RAPPORT_DAYS * 86400,
				'path'     => '/',
				'secure'   => is_ssl(),
				'httponly' => false,
				'samesite' => 'Lax',
			);
			setcookie( $cookie, $value, $options );
			$_COOKIE[ $cookie ] = $value;
		}
	}
}
add_action( 'init', 'rapport_keep' );

/** Write what was kept into an order that is being made, at the classic checkout and at the block one. */
function rapport_write( $order ) {
	$click = isset( $_COOKIE[ RAPPORT_COOKIE ] ) ? rapport_clean( $_COOKIE[ RAPPORT_COOKIE ], 128 ) : '';
	$old   = isset( $_COOKIE[ RAPPORT_OLD_COOKIE ] ) ? rapport_clean( $_COOKIE[ RAPPORT_OLD_COOKIE ], 64 ) : '';
	if ( '' !== $click && ! $order->get_meta( '_rapport_click_id' ) ) {
		$order->update_meta_data( '_rapport_click_id', $click );
	}
	if ( '' !== $old && ! $order->get_meta( '_rapport_ref' ) ) {
		$order->update_meta_data( '_rapport_ref', $old );
	}
}
add_action( 'woocommerce_checkout_create_order', 'rapport_write' );
add_action( 'woocommerce_store_api_checkout_update_order_meta', 'rapport_write' );
