"""URLs of firmware and files of stations."""

from django.urls import path

from apps.portal.files import pages, station

_ONE = "stations/<int:pk>/"

urlpatterns = [
    path(f"{_ONE}files/", station.StationFiles.as_view(), name="station-files"),
    path(f"{_ONE}update-firmware/", station.UpdateStation.as_view(), name="station-update-firmware"),
    path(f"{_ONE}request-log/", station.RequestLog.as_view(), name="station-request-log"),
    path("firmware-updates/<int:pk>/", pages.UpdatePage.as_view(), name="firmware-update"),
    path("log-requests/<int:pk>/", pages.LogPage.as_view(), name="log-request"),
    path("station-files/<int:pk>/", pages.FilePage.as_view(), name="station-file"),
    path("station-files/<int:pk>/download/", pages.FileDownload.as_view(), name="station-file-download"),
]
