"""URLs of messages on displays."""

from django.urls import path

from apps.portal.display import actions, sheet

urlpatterns = [
    path("stations/<int:pk>/display/", sheet.StationDisplay.as_view(), name="station-display"),
    path("stations/<int:pk>/display/new/", actions.ShowMessage.as_view(), name="station-display-new"),
    path("stations/<int:pk>/display/read/", actions.ReadDisplay.as_view(), name="station-display-read"),
    path("display-messages/<int:pk>/clear/", actions.ClearMessage.as_view(), name="display-message-clear"),
]
