"""URLs of documents and signed meter data."""

from django.urls import path

from apps.portal.documents import meter_data, statements, views

urlpatterns = [
    path("documents/<str:signed>/", views.SignedDocument.as_view(), name="signed-document"),
    path("billing/documents/<int:pk>/", views.InvoiceDocumentFile.as_view(), name="invoice-document"),
    path(
        "billing/customers/<int:pk>/statement.<slug:kind>",
        statements.CustomerStatement.as_view(),
        name="customer-statement",
    ),
    path("billing/site-terms/<int:pk>/units.<slug:kind>", statements.SiteUnits.as_view(), name="site-units"),
    path("billing/site-terms/<int:pk>/share.<slug:kind>", statements.RevenueShare.as_view(), name="revenue-share"),
    path("meter-values/", meter_data.HowToCheck.as_view(), name="meter-values"),
    path("sessions/<int:pk>/meter-data.json", meter_data.SessionMeterData.as_view(), name="session-meter-data"),
    path("my/sessions/<int:pk>/meter-data.json", meter_data.MyMeterData.as_view(), name="my-meter-data"),
]
