import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("chargers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthorityKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(choices=[("root", "Root"), ("issuing", "Issuing")], max_length=8)),
                ("algorithm", models.CharField(choices=[("rsa", "RSA 2048"), ("ec", "EC P-256")], max_length=4)),
                ("certificate", models.TextField(help_text="PEM")),
                (
                    "sealed_key",
                    models.TextField(
                        help_text="The private key, encrypted with a key derived from the server's secret."
                    ),
                ),
                ("fingerprint", models.CharField(help_text="SHA-256, hexadecimal", max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("role", "algorithm"),
                        name="authority_key_one_in_use",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("CSMSRootCertificate", "Root of this server"),
                            ("ManufacturerRootCertificate", "Root of the manufacturer"),
                            ("V2GRootCertificate", "Root of Plug & Charge (V2G)"),
                            ("MORootCertificate", "Root of a contract provider (MO)"),
                            ("OEMRootCertificate", "Root of a car maker (OEM)"),
                            ("Intermediate", "Authority below a root, not installed"),
                        ],
                        max_length=30,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80)),
                ("certificate", models.TextField(help_text="PEM")),
                ("subject", models.CharField(max_length=500)),
                ("issuer", models.CharField(max_length=500)),
                ("serial_number", models.CharField(help_text="hexadecimal", max_length=40)),
                ("fingerprint", models.CharField(help_text="SHA-256, hexadecimal", max_length=64)),
                ("key", models.CharField(max_length=20)),
                ("valid_from", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("hashes", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ca_certificates",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="ca_certificate_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "use", "fingerprint"), name="ca_certificate_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("emaid", models.CharField(blank=True, help_text="Without separators, lower case", max_length=15)),
                (
                    "request_digest",
                    models.CharField(blank=True, help_text="SHA-256 of the vehicle's request", max_length=64),
                ),
                ("action", models.CharField(blank=True, help_text="Install, Update, or empty for both", max_length=8)),
                ("exi_response", models.TextField(help_text="base64 of EXI")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contract_certificates",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "emaid", "request_digest", "action"), name="contract_certificate_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InstalledCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("use", models.CharField(help_text="certificateType as OCPP 2.1 names it", max_length=30)),
                ("hash_algorithm", models.CharField(max_length=6)),
                ("issuer_name_hash", models.CharField(max_length=128)),
                ("issuer_key_hash", models.CharField(max_length=128)),
                ("serial_number", models.CharField(max_length=40)),
                (
                    "told",
                    models.JSONField(default=list, help_text="The two hashes and the number as the station wrote them"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_told", models.BooleanField(default=False, help_text="The station itself named it.")),
                ("learnt_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="chargers.installedcertificate",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="installed_certificates",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "station",
                            "use",
                            "hash_algorithm",
                            "issuer_name_hash",
                            "issuer_key_hash",
                            "serial_number",
                        ),
                        name="installed_certificate_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StationCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ChargingStationCertificate", "Station"),
                            ("V2GCertificate", "Plug & Charge"),
                            ("V2G20Certificate", "Plug & Charge (ISO 15118-20)"),
                        ],
                        default="ChargingStationCertificate",
                        max_length=30,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("signed", "Signed"),
                            ("sent", "Sent"),
                            ("accepted", "Taken by the station"),
                            ("active", "In use"),
                            ("superseded", "Replaced"),
                            ("rejected", "Rejected by the station"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                            ("revoked", "Revoked"),
                        ],
                        default="requested",
                        max_length=12,
                    ),
                ),
                ("request_id", models.BigIntegerField(blank=True, null=True)),
                ("request", models.TextField(help_text="PKCS #10, PEM")),
                ("key", models.CharField(blank=True, help_text="Kind and size of the key", max_length=20)),
                ("chain", models.TextField(blank=True, help_text="PEM, the station's own first")),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("issuer", models.CharField(blank=True, max_length=500)),
                ("serial_number", models.CharField(blank=True, help_text="hexadecimal", max_length=40)),
                ("fingerprint", models.CharField(blank=True, help_text="SHA-256, hexadecimal", max_length=64)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "signing_due_at",
                    models.DateTimeField(blank=True, help_text="Nobody else signs it before then.", null=True),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, help_text="First seen at the door.", null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("renewal_asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "renewals_asked",
                    models.PositiveSmallIntegerField(default=0, help_text="How often we asked by ourselves."),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("explanation", models.CharField(blank=True, help_text="One sentence for people.", max_length=500)),
                (
                    "command",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="chargers.stationcommand",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificates",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["station", "-requested_at"], name="station_certificate_station"),
                    models.Index(
                        condition=models.Q(("state__in", ("accepted", "active"))),
                        fields=["expires_at"],
                        name="station_certificate_expiry",
                    ),
                    models.Index(
                        condition=models.Q(("state", "requested")),
                        fields=["signing_due_at"],
                        name="station_certificate_to_sign",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("fingerprint", ""), _negated=True),
                        fields=("fingerprint",),
                        name="station_certificate_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("requested", "signed"))),
                        fields=("station", "kind"),
                        name="station_certificate_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("accepted", "active"))),
                        fields=("station", "kind"),
                        name="station_certificate_one_current",
                    ),
                ],
            },
        ),
    ]
