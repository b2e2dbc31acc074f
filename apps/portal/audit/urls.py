"""URL of the audit log."""

from django.urls import path

from apps.portal.audit import views

urlpatterns = [path("audit/", views.AuditLog.as_view(), name="audit")]
