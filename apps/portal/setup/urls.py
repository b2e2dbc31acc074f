"""URL of the first page of an empty system."""

from django.urls import path

from apps.portal.setup import views

urlpatterns = [path("setup/", views.FirstRun.as_view(), name="setup")]
