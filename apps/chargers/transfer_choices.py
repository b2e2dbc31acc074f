"""States of firmware updates, log requests and campaigns, with their looks; values are the words of OCPP."""

from django.db.models import TextChoices

from apps.core.choices import ColouredChoices


class UpdateState(ColouredChoices):
    """Life of a firmware update: ours before the charger answered, then FirmwareStatusEnumType, then how it ended."""

    REQUESTED = "Requested", "secondary", "clock", "Waiting for the charger"
    ACCEPTED = "Accepted", "blue", "check", "Accepted"
    DOWNLOAD_SCHEDULED = "DownloadScheduled", "blue", "calendar", "Download planned"
    DOWNLOADING = "Downloading", "blue", "download", "Downloading"
    DOWNLOAD_PAUSED = "DownloadPaused", "yellow", "player-pause", "Download paused"
    DOWNLOADED = "Downloaded", "blue", "check", "Downloaded"
    SIGNATURE_VERIFIED = "SignatureVerified", "blue", "check", "Signature verified"
    INSTALL_SCHEDULED = "InstallScheduled", "blue", "calendar", "Installation planned"
    INSTALLING = "Installing", "blue", "refresh", "Installing"
    INSTALL_REBOOTING = "InstallRebooting", "blue", "rotate", "Restarting"
    INSTALLED = "Installed", "green", "circle-check", "Installed"
    DOWNLOAD_FAILED = "DownloadFailed", "red", "alert-triangle", "Download failed"
    INVALID_SIGNATURE = "InvalidSignature", "red", "alert-triangle", "Signature refused"
    INSTALLATION_FAILED = "InstallationFailed", "red", "alert-triangle", "Installation failed"
    INSTALL_VERIFICATION_FAILED = "InstallVerificationFailed", "red", "alert-triangle", "Check of the file failed"
    REJECTED = "Rejected", "orange", "x", "Refused"
    INVALID_CERTIFICATE = "InvalidCertificate", "red", "alert-triangle", "Certificate refused"
    REVOKED_CERTIFICATE = "RevokedCertificate", "red", "alert-triangle", "Certificate revoked"
    CANCELED = "Canceled", "secondary", "x", "Replaced by a newer one"
    NO_ANSWER = "NoAnswer", "red", "clock-x", "Not asked"
    SILENT = "Silent", "orange", "clock-x", "No news"


OPEN_UPDATES = (
    UpdateState.REQUESTED,
    UpdateState.ACCEPTED,
    UpdateState.DOWNLOAD_SCHEDULED,
    UpdateState.DOWNLOADING,
    UpdateState.DOWNLOAD_PAUSED,
    UpdateState.DOWNLOADED,
    UpdateState.SIGNATURE_VERIFIED,
    UpdateState.INSTALL_SCHEDULED,
    UpdateState.INSTALLING,
    UpdateState.INSTALL_REBOOTING,
)


class LogKind(TextChoices):
    """OCPP LogEnumType."""

    DIAGNOSTICS = "DiagnosticsLog", "Diagnostics"
    SECURITY = "SecurityLog", "Security log"
    DATA_COLLECTOR = "DataCollectorLog", "Data collector"


class LogState(ColouredChoices):
    """Life of a log request: ours before the charger answered, then UploadLogStatusEnumType, then how it ended."""

    REQUESTED = "Requested", "secondary", "clock", "Waiting for the charger"
    ACCEPTED = "Accepted", "blue", "check", "Accepted"
    UPLOADING = "Uploading", "blue", "upload", "Uploading"
    UPLOADED = "Uploaded", "green", "circle-check", "Uploaded"
    UPLOAD_FAILURE = "UploadFailure", "red", "alert-triangle", "Upload failed"
    BAD_MESSAGE = "BadMessage", "red", "alert-triangle", "Not understood"
    NOT_SUPPORTED = "NotSupportedOperation", "orange", "x", "Way of upload not supported"
    PERMISSION_DENIED = "PermissionDenied", "red", "alert-triangle", "Upload not permitted"
    REJECTED = "Rejected", "orange", "x", "Refused"
    NOTHING = "Nothing", "secondary", "circle-off", "Nothing to upload"
    CANCELED = "Canceled", "secondary", "x", "Replaced by a newer one"
    NO_ANSWER = "NoAnswer", "red", "clock-x", "Not asked"
    SILENT = "Silent", "orange", "clock-x", "No news"


OPEN_LOGS = (LogState.REQUESTED, LogState.ACCEPTED, LogState.UPLOADING)


class PublishState(ColouredChoices):
    """Life of a firmware that a local controller offers to the stations behind it (2.x PublishFirmwareStatus)."""

    REQUESTED = "Requested", "secondary", "clock", "Waiting for the charger"
    ACCEPTED = "Accepted", "blue", "check", "Accepted"
    DOWNLOAD_SCHEDULED = "DownloadScheduled", "blue", "calendar", "Download planned"
    DOWNLOADING = "Downloading", "blue", "download", "Downloading"
    DOWNLOAD_PAUSED = "DownloadPaused", "yellow", "player-pause", "Download paused"
    DOWNLOADED = "Downloaded", "blue", "check", "Downloaded"
    CHECKSUM_VERIFIED = "ChecksumVerified", "blue", "check", "Checksum verified"
    PUBLISHED = "Published", "green", "circle-check", "Published"
    DOWNLOAD_FAILED = "DownloadFailed", "red", "alert-triangle", "Download failed"
    INVALID_CHECKSUM = "InvalidChecksum", "red", "alert-triangle", "Wrong checksum"
    PUBLISH_FAILED = "PublishFailed", "red", "alert-triangle", "Publishing failed"
    REJECTED = "Rejected", "orange", "x", "Refused"
    UNPUBLISHED = "Unpublished", "secondary", "circle-off", "Withdrawn"
    NO_ANSWER = "NoAnswer", "red", "clock-x", "Not asked"


class TicketPurpose(TextChoices):
    """What the holder of a ticket may do."""

    LOG = "log", "Upload a log"
    CATALOGUE = "catalogue", "Upload a firmware to the catalogue"
    FIRMWARE = "firmware", "Download a firmware"


class CampaignState(ColouredChoices):
    RUNNING = "running", "blue", "refresh", "Running"
    PAUSED = "paused", "yellow", "player-pause", "Paused"
    HALTED = "halted", "red", "alert-triangle", "Halted after failures"
    DONE = "done", "green", "circle-check", "Done"
    CANCELLED = "cancelled", "secondary", "x", "Cancelled"


class MemberState(ColouredChoices):
    """One station of a campaign."""

    WAITING = "waiting", "secondary", "clock", "Waiting"
    RUNNING = "running", "blue", "refresh", "Under way"
    SUCCEEDED = "succeeded", "green", "circle-check", "Updated"
    FAILED = "failed", "red", "alert-triangle", "Failed"
    SKIPPED = "skipped", "secondary", "circle-off", "Left out"
