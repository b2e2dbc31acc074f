"""URLs of documents and signed meter data."""

from django.urls import path

from apps.portal.documents import meter_data, views

urlpatterns = [
    path("documents/<str:signed>/", views.SignedDocument.as_view(), name="signed-document"),
    path("billing/documents/<int:pk>/", views.InvoiceDocumentFile.as_view(), name="invoice-document"),
    path("meter-values/", meter_data.HowToCheck.as_view(), name="meter-values"),
    path("sessions/<int:pk>/meter-data.json", meter_data.SessionMeterData.as_view(), name="session-meter-data"),
    path("my/sessions/<int:pk>/meter-data.json", meter_data.MyMeterData.as_view(), name="my-meter-data"),
]
