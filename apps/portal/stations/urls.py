"""URLs of stations and what is asked of them."""

from django.urls import path

from apps.portal.stations import (
    command_page,
    commands,
    enrolment,
    head,
    history,
    journal,
    journal_export,
    lists,
    overview,
    settings,
    sheets,
)

_ONE = "stations/<int:pk>/"

urlpatterns = [
    path("stations/", lists.StationList.as_view(), name="stations"),
    path("stations/new/", enrolment.StationNew.as_view(), name="station-new"),
    path(_ONE, overview.StationPage.as_view(), name="station"),
    path(f"{_ONE}head/", head.StationHead.as_view(), name="station-head"),
    path(f"{_ONE}sessions/", sheets.StationSessions.as_view(), name="station-sessions"),
    path(f"{_ONE}commands/", sheets.StationCommands.as_view(), name="station-commands"),
    path(f"{_ONE}variables/", sheets.StationVariables.as_view(), name="station-variables"),
    path(f"{_ONE}journal/", journal.StationJournal.as_view(), name="station-journal"),
    path(f"{_ONE}journal/export/<str:kind>/", journal_export.JournalExport.as_view(), name="station-journal-export"),
    path(f"{_ONE}history/", history.StationHistory.as_view(), name="station-history"),
    path(f"{_ONE}settings/", settings.StationSettings.as_view(), name="station-settings"),
    path(f"{_ONE}start/", commands.Start.as_view(), name="station-start"),
    path(f"{_ONE}cards/", commands.Cards.as_view(), name="station-cards"),
    path(f"{_ONE}unlock/", commands.Unlock.as_view(), name="station-unlock"),
    path(f"{_ONE}reset/", commands.ResetStation.as_view(), name="station-reset"),
    path(f"{_ONE}availability/", commands.Availability.as_view(), name="station-availability"),
    path(f"{_ONE}trigger/", commands.Trigger.as_view(), name="station-trigger"),
    path(f"{_ONE}clear-cache/", commands.ClearCardCache.as_view(), name="station-clear-cache"),
    path(f"{_ONE}read-variables/", commands.ReadVariables.as_view(), name="station-read-variables"),
    path(f"{_ONE}raw-call/", commands.RawCallConsole.as_view(), name="station-raw-call"),
    path(f"{_ONE}edit/", settings.StationEdit.as_view(), name="station-edit"),
    path(f"{_ONE}move/", settings.StationMove.as_view(), name="station-move"),
    path(f"{_ONE}registration/", settings.StationRegistration.as_view(), name="station-registration"),
    path(f"{_ONE}password/", enrolment.StationPassword.as_view(), name="station-password"),
    path(f"{_ONE}evses/new/", settings.EvseNew.as_view(), name="station-evse-new"),
    path(f"{_ONE}retire/", settings.StationRetire.as_view(), name="station-retire"),
    path("sessions/<int:pk>/remote-stop/", commands.Stop.as_view(), name="session-remote-stop"),
    path("variables/<int:pk>/set/", commands.SetVariable.as_view(), name="variable-set"),
    path("commands/<int:pk>/", command_page.CommandPage.as_view(), name="command"),
    path("commands/<int:pk>/cancel/", command_page.CommandCancel.as_view(), name="command-cancel"),
]
