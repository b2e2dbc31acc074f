"""URLs of variables, monitors, templates, differences and quirks."""

from django.urls import path

from apps.portal.model import monitors, operations, quirks, reports, templates, variables

_ONE = "stations/<int:pk>/"

urlpatterns = [
    path("variables/<int:pk>/", variables.VariablePage.as_view(), name="variable"),
    path("variables/<int:pk>/monitor/", monitors.MonitorNew.as_view(), name="monitor-new"),
    path(f"{_ONE}monitors/", monitors.StationMonitors.as_view(), name="station-monitors"),
    path(f"{_ONE}monitors/read/", monitors.ReadMonitors.as_view(), name="station-monitors-read"),
    path(f"{_ONE}report/", reports.AskReport.as_view(), name="station-report"),
    path(f"{_ONE}monitors/base/", reports.MonitoringBase.as_view(), name="station-monitoring-base"),
    path(f"{_ONE}monitors/level/", reports.MonitoringLevel.as_view(), name="station-monitoring-level"),
    path("monitors/<int:pk>/clear/", monitors.MonitorClear.as_view(), name="monitor-clear"),
    path(f"{_ONE}apply-templates/", templates.ApplyToStation.as_view(), name="station-apply-templates"),
    path("operations/<int:pk>/", operations.OperationPage.as_view(), name="operation"),
    path("templates/", templates.TemplateList.as_view(), name="configuration-templates"),
    path("templates/new/", templates.TemplateNew.as_view(), name="configuration-template-new"),
    path("templates/<int:pk>/", templates.TemplateEdit.as_view(), name="configuration-template"),
    path("templates/<int:pk>/remove/", templates.TemplateRemove.as_view(), name="configuration-template-remove"),
    path("differences/", templates.DriftList.as_view(), name="drift"),
    path("quirks/", quirks.QuirkProfileList.as_view(), name="quirk-profiles"),
    path("quirks/new/", quirks.QuirkProfileNew.as_view(), name="quirk-profile-new"),
    path("quirks/<int:pk>/", quirks.QuirkProfileEdit.as_view(), name="quirk-profile"),
    path("quirks/<int:pk>/remove/", quirks.QuirkProfileRemove.as_view(), name="quirk-profile-remove"),
]
