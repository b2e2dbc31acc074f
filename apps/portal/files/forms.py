"""What is asked before a station updates or uploads."""

from django import forms

from apps.chargers.choices import OcppVersion
from apps.chargers.models import ChargingStation, Firmware
from apps.chargers.transfer_choices import LogKind
from apps.portal.kit.fields import LocalMoment
from apps.portal.stations.command_forms import CommandForm


class UpdateForm(CommandForm):
    firmware = forms.ModelChoiceField(
        queryset=Firmware.objects.none(), required=False, empty_label="A file elsewhere (address below)"
    )
    location = forms.CharField(
        label="Address elsewhere", max_length=512, required=False,
        help_text="Only for files that are not in the catalogue: http, https, ftp or sftp.",
    )  # fmt: skip
    retrieve_at = LocalMoment(label="Fetch from", required=False, help_text="Empty: now.")
    install_at = LocalMoment(
        label="Install from", required=False,
        help_text="Empty: when it is fetched. OCPP 1.6 knows this only with a signature.",
    )  # fmt: skip
    signed = forms.BooleanField(
        label="Send the signature", required=False,
        help_text="OCPP 1.6 stations need the security extension for it; newer ones get it anyway.",
    )  # fmt: skip
    replace = forms.BooleanField(
        label="Instead of an update that is under way", required=False, help_text="The station decides whether it can."
    )

    def __init__(self, *args, station: ChargingStation, firmwares, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["firmware"].queryset = firmwares

    def clean(self):
        data = super().clean()
        if bool(data.get("firmware")) == bool(data.get("location")):
            raise forms.ValidationError("Choose a firmware, or give an address.")
        return data


class LogForm(CommandForm):
    kind = forms.ChoiceField(label="Which log")
    oldest_at = LocalMoment(label="From", required=False, help_text="Empty: all there is.")
    latest_at = LocalMoment(label="Until", required=False)
    location = forms.CharField(
        label="Upload elsewhere", max_length=512, required=False,
        help_text="Empty: to this server. Old chargers may know FTP only: ftp://user:password@host/folder/",
    )  # fmt: skip
    as_password = forms.BooleanField(
        label="Credentials as user and password", required=False,
        help_text="For chargers that refuse the usual address.",
    )  # fmt: skip
    security_extension = forms.BooleanField(
        label="By the security extension", required=False, help_text="OCPP 1.6 only: GetLog instead of GetDiagnostics."
    )

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        kinds = [kind for kind in LogKind if kind != LogKind.DATA_COLLECTOR or station.protocol == "ocpp2.1"]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        if station.protocol not in ("", OcppVersion.OCPP16):
            del self.fields["security_extension"]
