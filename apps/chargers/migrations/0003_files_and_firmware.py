import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("chargers", "0002_certificates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Firmware",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vendor", models.CharField(max_length=80)),
                ("model", models.CharField(blank=True, help_text="Empty: every model of the vendor.", max_length=80)),
                (
                    "version",
                    models.CharField(help_text="As the charger tells it after the installation.", max_length=80),
                ),
                (
                    "applies_from",
                    models.CharField(
                        blank=True,
                        help_text="Older stations need another version first.",
                        max_length=80,
                        verbose_name="least version before",
                    ),
                ),
                ("release_notes", models.TextField(blank=True)),
                (
                    "file_name",
                    models.CharField(blank=True, help_text="Last part of the address stations get.", max_length=120),
                ),
                ("storage_name", models.CharField(blank=True, max_length=64)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("md5", models.CharField(blank=True, max_length=32)),
                ("signature", models.CharField(blank=True, max_length=800)),
                ("signing_certificate", models.TextField(blank=True)),
                ("signature_verified_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="firmwares",
                        to="accounts.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FirmwareCampaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("halted", "Halted after failures"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("explanation", models.CharField(blank=True, help_text="Why it is in this state.", max_length=255)),
                ("base_url", models.CharField(max_length=200)),
                ("wave_count", models.PositiveSmallIntegerField(default=1)),
                ("open_wave", models.PositiveSmallIntegerField(default=1)),
                ("wave_ended_at", models.DateTimeField(blank=True, help_text="When the open wave had run.", null=True)),
                ("pause_s", models.PositiveIntegerField(default=3600, verbose_name="pause between waves (s)")),
                ("halt_after_failures", models.PositiveIntegerField(default=1)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("window_from", models.TimeField(blank=True, null=True)),
                ("window_to", models.TimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "firmware",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="chargers.firmware"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="campaigns",
                        to="accounts.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FirmwarePublication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                ("checksum", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("Requested", "Waiting for the charger"),
                            ("Accepted", "Accepted"),
                            ("DownloadScheduled", "Download planned"),
                            ("Downloading", "Downloading"),
                            ("DownloadPaused", "Download paused"),
                            ("Downloaded", "Downloaded"),
                            ("ChecksumVerified", "Checksum verified"),
                            ("Published", "Published"),
                            ("DownloadFailed", "Download failed"),
                            ("InvalidChecksum", "Wrong checksum"),
                            ("PublishFailed", "Publishing failed"),
                            ("Rejected", "Refused"),
                            ("Unpublished", "Withdrawn"),
                            ("NoAnswer", "Not asked"),
                        ],
                        default="Requested",
                        max_length=26,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=255)),
                ("locations", models.JSONField(default=list, help_text="Where stations behind it find the file.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heard_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "command",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="publication",
                        to="chargers.stationcommand",
                    ),
                ),
                (
                    "firmware",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="publications", to="chargers.firmware"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publications",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FirmwareUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                (
                    "version",
                    models.CharField(
                        blank=True, help_text="What it should have afterwards, where known.", max_length=80
                    ),
                ),
                ("version_before", models.CharField(blank=True, max_length=80)),
                (
                    "location",
                    models.CharField(blank=True, help_text="Where the file lies, if not with us.", max_length=512),
                ),
                ("is_signed", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("Requested", "Waiting for the charger"),
                            ("Accepted", "Accepted"),
                            ("DownloadScheduled", "Download planned"),
                            ("Downloading", "Downloading"),
                            ("DownloadPaused", "Download paused"),
                            ("Downloaded", "Downloaded"),
                            ("SignatureVerified", "Signature verified"),
                            ("InstallScheduled", "Installation planned"),
                            ("Installing", "Installing"),
                            ("InstallRebooting", "Restarting"),
                            ("Installed", "Installed"),
                            ("DownloadFailed", "Download failed"),
                            ("InvalidSignature", "Signature refused"),
                            ("InstallationFailed", "Installation failed"),
                            ("InstallVerificationFailed", "Check of the file failed"),
                            ("Rejected", "Refused"),
                            ("InvalidCertificate", "Certificate refused"),
                            ("RevokedCertificate", "Certificate revoked"),
                            ("Canceled", "Replaced by a newer one"),
                            ("NoAnswer", "Not asked"),
                            ("Silent", "No news"),
                        ],
                        default="Requested",
                        max_length=26,
                    ),
                ),
                ("detail", models.CharField(blank=True, help_text="What the charger said about it.", max_length=255)),
                ("retrieve_at", models.DateTimeField()),
                ("install_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "heard_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="When something was last heard of it."
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, help_text="A boot told the new version.", null=True)),
                (
                    "command",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="firmware_update",
                        to="chargers.stationcommand",
                    ),
                ),
                (
                    "firmware",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="chargers.firmware",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaces",
                        to="chargers.firmwareupdate",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="firmware_updates",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CampaignStation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wave", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Under way"),
                            ("succeeded", "Updated"),
                            ("failed", "Failed"),
                            ("skipped", "Left out"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=255)),
                (
                    "counts_as_failure",
                    models.BooleanField(default=True, help_text="Not after a person resumed the campaign."),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="campaign_memberships",
                        to="chargers.chargingstation",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="chargers.firmwarecampaign",
                    ),
                ),
                (
                    "update",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="campaign_member",
                        to="chargers.firmwareupdate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LogRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("DiagnosticsLog", "Diagnostics"),
                            ("SecurityLog", "Security log"),
                            ("DataCollectorLog", "Data collector"),
                        ],
                        default="DiagnosticsLog",
                        max_length=20,
                    ),
                ),
                ("oldest_at", models.DateTimeField(blank=True, null=True)),
                ("latest_at", models.DateTimeField(blank=True, null=True)),
                (
                    "location",
                    models.CharField(blank=True, help_text="Where it uploads to, if not to us.", max_length=512),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("Requested", "Waiting for the charger"),
                            ("Accepted", "Accepted"),
                            ("Uploading", "Uploading"),
                            ("Uploaded", "Uploaded"),
                            ("UploadFailure", "Upload failed"),
                            ("BadMessage", "Not understood"),
                            ("NotSupportedOperation", "Way of upload not supported"),
                            ("PermissionDenied", "Upload not permitted"),
                            ("Rejected", "Refused"),
                            ("Nothing", "Nothing to upload"),
                            ("Canceled", "Replaced by a newer one"),
                            ("NoAnswer", "Not asked"),
                            ("Silent", "No news"),
                        ],
                        default="Requested",
                        max_length=24,
                    ),
                ),
                ("detail", models.CharField(blank=True, help_text="What the charger said about it.", max_length=255)),
                (
                    "file_name",
                    models.CharField(blank=True, help_text="The name the charger announced.", max_length=255),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heard_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "command",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="log_request",
                        to="chargers.stationcommand",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log_requests",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FileTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("log", "Upload a log"),
                            ("catalogue", "Upload a firmware to the catalogue"),
                            ("firmware", "Download a firmware"),
                        ],
                        max_length=10,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, help_text="An upload runs since then.", null=True)),
                (
                    "firmware",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tickets",
                        to="chargers.firmware",
                    ),
                ),
                (
                    "publication",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticket",
                        to="chargers.firmwarepublication",
                    ),
                ),
                (
                    "update",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticket",
                        to="chargers.firmwareupdate",
                    ),
                ),
                (
                    "log_request",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticket",
                        to="chargers.logrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProgressNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "word",
                    models.CharField(
                        help_text="The charger's word, or ours: Requested, FileReceived, Booted.", max_length=40
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "log_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="progress",
                        to="chargers.logrequest",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="progress",
                        to="chargers.firmwareupdate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StationFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("storage_name", models.CharField(max_length=64, unique=True)),
                ("size_bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "removed_at",
                    models.DateTimeField(blank=True, help_text="Its content was removed by age.", null=True),
                ),
                (
                    "log_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="chargers.logrequest"
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="chargers.chargingstation"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="firmware",
            index=models.Index(fields=["organisation", "-created_at"], name="firmware_organisation"),
        ),
        migrations.AddConstraint(
            model_name="firmware",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("organisation", "vendor", "model", "version"),
                name="firmware_version_once",
            ),
        ),
        migrations.AddIndex(
            model_name="firmwarecampaign",
            index=models.Index(fields=["organisation", "-created_at"], name="campaign_organisation"),
        ),
        migrations.AddIndex(
            model_name="firmwarecampaign",
            index=models.Index(condition=models.Q(("state", "running")), fields=["id"], name="campaign_running"),
        ),
        migrations.AddConstraint(
            model_name="firmwarecampaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_wave__gte", 1), ("open_wave__lte", models.F("wave_count"))),
                name="campaign_open_wave",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmwarecampaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("halt_after_failures__gte", 1)), name="campaign_halts"
            ),
        ),
        migrations.AddIndex(
            model_name="firmwarepublication",
            index=models.Index(fields=["station", "-created_at"], name="publication_station"),
        ),
        migrations.AddConstraint(
            model_name="firmwarepublication",
            constraint=models.UniqueConstraint(fields=("station", "request_id"), name="publication_request_once"),
        ),
        migrations.AddIndex(
            model_name="firmwareupdate",
            index=models.Index(fields=["station", "-created_at"], name="firmware_update_station"),
        ),
        migrations.AddIndex(
            model_name="firmwareupdate",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "Requested",
                            "Accepted",
                            "DownloadScheduled",
                            "Downloading",
                            "DownloadPaused",
                            "Downloaded",
                            "SignatureVerified",
                            "InstallScheduled",
                            "Installing",
                            "InstallRebooting",
                        ),
                    )
                ),
                fields=["heard_at"],
                name="firmware_update_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmwareupdate",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("replaced_by", None),
                    (
                        "state__in",
                        (
                            "Requested",
                            "Accepted",
                            "DownloadScheduled",
                            "Downloading",
                            "DownloadPaused",
                            "Downloaded",
                            "SignatureVerified",
                            "InstallScheduled",
                            "Installing",
                            "InstallRebooting",
                        ),
                    ),
                ),
                fields=("station",),
                name="firmware_update_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmwareupdate",
            constraint=models.UniqueConstraint(fields=("station", "request_id"), name="firmware_update_request_once"),
        ),
        migrations.AddIndex(
            model_name="campaignstation",
            index=models.Index(fields=["campaign", "state", "wave"], name="campaign_member_state"),
        ),
        migrations.AddConstraint(
            model_name="campaignstation",
            constraint=models.UniqueConstraint(fields=("campaign", "station"), name="campaign_station_once"),
        ),
        migrations.AddConstraint(
            model_name="campaignstation",
            constraint=models.CheckConstraint(condition=models.Q(("wave__gte", 1)), name="campaign_wave_from_one"),
        ),
        migrations.AddIndex(
            model_name="logrequest",
            index=models.Index(fields=["station", "-created_at"], name="log_request_station"),
        ),
        migrations.AddIndex(
            model_name="logrequest",
            index=models.Index(
                condition=models.Q(("state__in", ("Requested", "Accepted", "Uploading"))),
                fields=["heard_at"],
                name="log_request_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="logrequest",
            constraint=models.UniqueConstraint(fields=("station", "request_id"), name="log_request_once"),
        ),
        migrations.AddConstraint(
            model_name="fileticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("firmware", None),
                        ("log_request__isnull", False),
                        ("publication", None),
                        ("purpose", "log"),
                        ("update", None),
                    ),
                    models.Q(("log_request", None), ("publication", None), ("purpose", "catalogue"), ("update", None)),
                    models.Q(
                        ("firmware", None),
                        ("log_request", None),
                        ("purpose", "firmware"),
                        models.Q(("update", None), ("publication", None), _connector="XOR"),
                    ),
                    _connector="OR",
                ),
                name="file_ticket_of_one",
            ),
        ),
        migrations.AddIndex(
            model_name="progressnote",
            index=models.Index(fields=["update", "id"], name="progress_note_update"),
        ),
        migrations.AddIndex(
            model_name="progressnote",
            index=models.Index(fields=["log_request", "id"], name="progress_note_log"),
        ),
        migrations.AddConstraint(
            model_name="progressnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("update", None), ("log_request", None), _connector="XOR"),
                name="progress_note_of_one",
            ),
        ),
        migrations.AddIndex(
            model_name="stationfile",
            index=models.Index(fields=["station", "-received_at"], name="station_file_station"),
        ),
        migrations.AddIndex(
            model_name="stationfile",
            index=models.Index(
                condition=models.Q(("removed_at", None)), fields=["received_at"], name="station_file_kept"
            ),
        ),
    ]
