"""Addresses of the demo shop."""

from django.urls import path

from rapport.doors.public import demo_shop

urlpatterns = [
    path("", demo_shop.shop_page, name="demo-shop"),
    path("<slug:page>/", demo_shop.shop_page, name="demo-shop-page"),
]
