"""The address to which shops send their messages."""

from django.urls import path

from rapport.doors.public import hooks

app_name = "hooks"
urlpatterns = [path("<str:shop_id>/", hooks.shop_hook, name="shop")]
