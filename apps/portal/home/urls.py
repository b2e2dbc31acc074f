"""URL of the first screen."""

from django.urls import path

from apps.portal.home import views

urlpatterns = [path("", views.Home.as_view(), name="home")]
