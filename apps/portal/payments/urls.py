"""URLs of payments, the books and reminders."""

from django.urls import path

from apps.portal.payments import dummy_page

urlpatterns = [
    path("pay/dummy/<str:ref>/", dummy_page.DummyPage.as_view(), name="dummy-payment"),
]
