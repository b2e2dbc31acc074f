"""Links to a document that need no sign-in: signed, and expiring by themselves."""

from datetime import timedelta

from django.core import signing

from apps.invoicing.models import InvoiceDocument

VALID_FOR = timedelta(days=90)
_signer = signing.TimestampSigner(salt="chargenet.documents")


def signed_path(document: InvoiceDocument) -> str:
    """The path from which whoever has it may load ``document``, for ``VALID_FOR``."""
    return f"/documents/{_signer.sign_object({'document': document.pk})}/"


def document_behind(signed: str) -> InvoiceDocument | None:
    """The document of a signed path; ``None`` where the signature is not ours or too old."""
    try:
        key = _signer.unsign_object(signed, max_age=VALID_FOR)["document"]
    except signing.BadSignature:
        return None
    return InvoiceDocument.objects.select_related("invoice").filter(pk=key).first()
