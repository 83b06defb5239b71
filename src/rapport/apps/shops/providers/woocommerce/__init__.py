"""WooCommerce: orders with their refunds, by webhook and by REST; a one-file plug-in carries the click id."""
