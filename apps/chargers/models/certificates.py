"""Certificates: of our own authority, of others, of stations, and of charging contracts."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.choices import (
    CURRENT_CERTIFICATE_STATES,
    OPEN_CERTIFICATE_STATES,
    CertificateKind,
    CertificateState,
    CertificateUse,
)
from apps.chargers.models.commands import StationCommand
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import OrganisationCertificateQuerySet, StationPartQuerySet


class AuthorityKey(models.Model):
    """A key of our own authority with its certificate: a root, or the one below it that signs for stations.

    One of each role and algorithm is in use; what is retired stays, because certificates it signed are still about.
    """

    class Role(models.TextChoices):
        ROOT = "root", "Root"
        ISSUING = "issuing", "Issuing"

    class Algorithm(models.TextChoices):
        RSA = "rsa", "RSA 2048"
        EC = "ec", "EC P-256"

    role = models.CharField(max_length=8, choices=Role)
    algorithm = models.CharField(max_length=4, choices=Algorithm)
    certificate = models.TextField(help_text="PEM")
    sealed_key = models.TextField(help_text="The private key, encrypted with a key derived from the server's secret.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256, hexadecimal")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    distrusted_at = models.DateTimeField(null=True, blank=True, help_text="What it signed opens no door since.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "algorithm"], condition=models.Q(retired_at=None), name="authority_key_one_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} authority ({self.get_algorithm_display()})"


class StationCertificate(models.Model):
    """A certificate that a station asked us to sign, from the request to its end.

    ``request_id`` is the station's own number of the request (2.1). ``attempts`` counts how often it was sent, or,
    while it is only requested, how often signing was tried. Whether it went out is the command's to know: the state
    stays ``signed`` until the station has answered.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(max_length=30, choices=CertificateKind, default=CertificateKind.STATION)
    state = models.CharField(max_length=12, choices=CertificateState, default=CertificateState.REQUESTED)
    request_id = models.BigIntegerField(null=True, blank=True)
    request = models.TextField(help_text="PKCS #10, PEM")
    key = models.CharField(max_length=20, blank=True, help_text="Kind and size of the key")
    chain = models.TextField(blank=True, help_text="PEM, the station's own first")
    subject = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=500, blank=True)
    serial_number = models.CharField(max_length=40, blank=True, help_text="hexadecimal")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256, hexadecimal")
    requested_at = models.DateTimeField(default=timezone.now)
    signing_due_at = models.DateTimeField(null=True, blank=True, help_text="Nobody else signs it before then.")
    signed_at = models.DateTimeField(null=True, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True, help_text="First seen at the door.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    renewal_asked_at = models.DateTimeField(null=True, blank=True)
    renewals_asked = models.PositiveSmallIntegerField(default=0, help_text="How often we asked by ourselves.")
    attempts = models.PositiveSmallIntegerField(default=0)
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    explanation = models.CharField(max_length=500, blank=True, help_text="One sentence for people.")

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=~models.Q(fingerprint=""), name="station_certificate_once"
            ),
            models.UniqueConstraint(
                fields=["station", "kind"],
                condition=models.Q(state__in=OPEN_CERTIFICATE_STATES),
                name="station_certificate_one_open",
            ),
            models.UniqueConstraint(
                fields=["station", "kind"],
                condition=models.Q(state__in=CURRENT_CERTIFICATE_STATES),
                name="station_certificate_one_current",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "-requested_at"], name="station_certificate_station"),
            models.Index(
                fields=["expires_at"],
                name="station_certificate_expiry",
                condition=models.Q(state__in=CURRENT_CERTIFICATE_STATES),
            ),
            models.Index(
                fields=["signing_due_at"],
                name="station_certificate_to_sign",
                condition=models.Q(state=CertificateState.REQUESTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} certificate of {self.station}"

    @property
    def state_choice(self) -> CertificateState:
        """The state with its label, colour and icon; ``sent`` where the command went out."""
        if self.state == CertificateState.SIGNED and self.command is not None and self.command.sent_at is not None:
            return CertificateState.SENT
        return CertificateState(self.state)


class CaCertificate(models.Model):
    """The certificate of an authority that an organisation trusts or installs on its stations.

    ``hashes`` are its OCPP hash data, ``{algorithm: [issuer name hash, issuer key hash]}``, for comparison with what
    stations tell; empty where its issuer is not known.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="ca_certificates")
    use = models.CharField(max_length=30, choices=CertificateUse)
    name = models.CharField(max_length=80, blank=True)
    certificate = models.TextField(help_text="PEM")
    subject = models.CharField(max_length=500)
    issuer = models.CharField(max_length=500)
    serial_number = models.CharField(max_length=40, help_text="hexadecimal")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256, hexadecimal")
    key = models.CharField(max_length=20)
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField()
    hashes = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    objects = OrganisationCertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "use", "fingerprint"], name="ca_certificate_once")
        ]
        indexes = [models.Index(fields=["expires_at"], name="ca_certificate_expiry")]

    def __str__(self) -> str:
        return self.name or self.subject


class InstalledCertificate(models.Model):
    """A certificate of an authority in a station, as the station told it, or as it agreed to install it.

    ``position`` 0 is the certificate itself, 1 to 4 are those below it in a chain (V2GCertificateChain), of ``parent``.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="installed_certificates")
    use = models.CharField(max_length=30, help_text="certificateType as OCPP 2.1 names it")
    hash_algorithm = models.CharField(max_length=6)
    issuer_name_hash = models.CharField(max_length=128)
    issuer_key_hash = models.CharField(max_length=128)
    serial_number = models.CharField(max_length=40)
    told = models.JSONField(default=list, help_text="The two hashes and the number as the station wrote them")
    position = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    is_told = models.BooleanField(default=False, help_text="The station itself named it.")
    learnt_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "use", "hash_algorithm", "issuer_name_hash", "issuer_key_hash", "serial_number"],
                name="installed_certificate_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.serial_number} in {self.station}"


class ContractCertificate(models.Model):
    """An answer that waits for a vehicle: what Get15118EVCertificate is answered with from our own store.

    Found by the digest of the vehicle's request, else by the contract's eMAID where the station names one (2.1), else,
    where neither is set, for every vehicle.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="contract_certificates")
    emaid = models.CharField(max_length=15, blank=True, help_text="Without separators, lower case")
    request_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the vehicle's request")
    action = models.CharField(max_length=8, blank=True, help_text="Install, Update, or empty for both")
    exi_response = models.TextField(help_text="base64 of EXI")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationCertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "emaid", "request_digest", "action"], name="contract_certificate_once"
            )
        ]

    def __str__(self) -> str:
        return self.emaid or self.request_digest or "for every vehicle"
