"""The address under which senders of postbacks look at their receipts."""

from django.urls import path

from rapport.doors.public import receipts

urlpatterns = [path("receipts", receipts.receipt, name="receipt")]
