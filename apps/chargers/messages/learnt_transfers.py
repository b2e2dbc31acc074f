"""What the answers to requests for firmware and logs teach. Raw calls teach the same."""

from dataclasses import dataclass

from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """What the call itself said. ``request_id`` is ``None`` in calls of 1.6 that have none; instants as on the wire."""

    request_id: int | None
    location: str
    kind: str = ""
    retrieve_at: str = ""
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class UpdateAnswered(Learnt):
    """``status`` is Accepted, AcceptedCanceled, Rejected, InvalidCertificate or RevokedCertificate."""

    status: str
    detail: str = ""
    asked: TransferAsked | None = None


@dataclass(frozen=True, slots=True)
class LogAnswered(Learnt):
    """``status`` is Accepted, AcceptedCanceled or Rejected; ``file_name`` ``None`` where 1.6 has nothing to upload."""

    status: str
    file_name: str | None = ""
    detail: str = ""
    asked: TransferAsked | None = None


@dataclass(frozen=True, slots=True)
class PublishAnswered(Learnt):
    """``status`` is Accepted or Rejected; ``checksum`` (MD5) as it was asked for."""

    status: str
    detail: str = ""
    asked: TransferAsked | None = None
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class UnpublishAnswered(Learnt):
    """``status`` is DownloadOngoing, NoFirmware or Unpublished."""

    status: str
    checksum: str
