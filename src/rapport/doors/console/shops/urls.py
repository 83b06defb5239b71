"""Addresses of the pages of shops, inside a program."""

from django.urls import path

from rapport.doors.console.shops import comparisons, connecting, deliveries, missing, pages, share

urlpatterns = [
    path("", pages.shops, name="shops"),
    path("share/", share.share, name="shop-share"),
    path("missing/", missing.missing, name="shop-missing"),
    path("connect/<str:kind>/", connecting.connect, name="shop-connect"),
    path("plugin/rapport.php", connecting.plugin, name="shop-plugin"),
    path("<str:shop_id>/", pages.shop, name="shop"),
    path("<str:shop_id>/progress/", pages.progress, name="shop-progress"),
    path("<str:shop_id>/again/", connecting.again, name="shop-again"),
    path("<str:shop_id>/settings/", connecting.change, name="shop-settings"),
    path("<str:shop_id>/disconnect/", connecting.disconnect, name="shop-disconnect"),
    path("<str:shop_id>/codes/", pages.codes_again, name="shop-codes-again"),
    path("<str:shop_id>/deliveries/", deliveries.deliveries, name="shop-deliveries"),
    path("<str:shop_id>/deliveries/<str:delivery_id>/", deliveries.delivery, name="shop-delivery"),
    path("<str:shop_id>/deliveries/<str:delivery_id>/again/", deliveries.again, name="shop-delivery-again"),
    path("<str:shop_id>/comparisons/", comparisons.compare, name="shop-compare"),
    path("<str:shop_id>/comparisons/<str:comparison_id>/", comparisons.comparison, name="shop-comparison"),
    path("<str:shop_id>/comparisons/<str:comparison_id>/repair/", comparisons.repair, name="shop-repair"),
]
