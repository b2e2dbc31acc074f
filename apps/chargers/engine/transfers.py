"""Rules of firmware updates and uploads: which word moves them on, and what a person does next after a failure.

Notifications come late, twice and in the wrong order; what ended well stays so, and a step back is only noted.
"""

UPDATE_ORDER = (
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
    "Installed",
)
"""The way of an update that goes well."""
# A charger goes to and fro between these; each replaces the other.
_SAME_STEP = {"DownloadPaused": "Downloading", "InstallRebooting": "Installing"}
UPDATE_FAILURES = frozenset({"DownloadFailed", "InvalidSignature", "InstallationFailed", "InstallVerificationFailed"})
"""Words of a charger by which an update fails; a try of its own may follow."""
_FINAL = frozenset({"Installed", "Canceled"})

PUBLISH_ORDER = (
    "Requested",
    "Accepted",
    "DownloadScheduled",
    "Downloading",
    "DownloadPaused",
    "Downloaded",
    "ChecksumVerified",
    "Published",
)
PUBLISH_FAILURES = frozenset({"DownloadFailed", "InvalidChecksum", "PublishFailed"})

LOG_ORDER = ("Requested", "Accepted", "Uploading", "Uploaded")
LOG_FAILURES = frozenset({"UploadFailure", "BadMessage", "NotSupportedOperation", "PermissionDenied", "Canceled"})
_LOG_WORDS = {"UploadFailed": "UploadFailure", "AcceptedCanceled": "Canceled"}

NEXT_STEPS = {
    "DownloadFailed": "Look whether the station reaches the address of the file, then ask again; every retry starts"
    " where the last one stopped if the station can.",
    "InvalidSignature": "The station does not believe the file. Compare signature and certificate with what the"
    " manufacturer gave, and upload the firmware again.",
    "InstallationFailed": "Look which version the station has now. Ask again when nobody charges, or ask the"
    " manufacturer with the station's diagnostics.",
    "InstallVerificationFailed": "The file arrived damaged or is not for this model. Compare its SHA-256 with the"
    " manufacturer's, then ask again.",
    "Rejected": "The station is busy or does not update now. Ask again later.",
    "InvalidCertificate": "The station does not know who signed. Install the manufacturer's root certificate first,"
    " then ask again.",
    "RevokedCertificate": "The signing certificate was withdrawn. Get a file signed anew from the manufacturer.",
    "NoAnswer": "The station was away or did not answer. Ask again once it is online.",
    "Silent": "Nothing was heard for a day. Ask the station for its firmware status, or look which version it tells.",
}


def next_update_state(current: str, word: str) -> str:
    """The state after the charger said ``word``; ``current`` where it changes nothing (late, ``Idle``, unknown)."""
    return _next(current, word, order=UPDATE_ORDER, failures=UPDATE_FAILURES, final=_FINAL)


def next_publish_state(current: str, word: str) -> str:
    return _next(current, word, order=PUBLISH_ORDER, failures=PUBLISH_FAILURES, final=frozenset({"Unpublished"}))


def next_log_state(current: str, word: str) -> str:
    """Words of 1.6 are read as those of 2.x."""
    word = _LOG_WORDS.get(word, word)
    return _next(current, word, order=LOG_ORDER, failures=LOG_FAILURES, final=frozenset({"Uploaded", "Canceled"}))


def _next(current: str, word: str, *, order: tuple[str, ...], failures: frozenset[str], final: frozenset[str]) -> str:
    if current in final:
        return current
    if word in failures:
        return word
    if word not in order:
        return current
    if current not in order:  # it failed, or was given up, and the charger tries again by itself
        return word
    return word if _rank(word, order) >= _rank(current, order) else current


def _rank(word: str, order: tuple[str, ...]) -> int:
    return order.index(_SAME_STEP.get(word, word))
