"""An authority elsewhere, asked over HTTP: for those who have a PKI already."""

import orjson
from django.conf import settings

from apps.chargers.services.certificates.authority import AuthorityRefused, AuthorityUnavailable
from apps.core.guarded_http import FetchFailed, ask_own

TIMEOUT_S = 20
MAX_ANSWER_BYTES = 100_000


class RemoteAuthority:
    """``POST CERTIFICATE_AUTHORITY_URL`` with ``{"csr", "identity", "organisation", "kind"}``.

    It answers 200 with ``{"chain": "<PEM, leaf first>"}``; 4xx with ``{"reason"}`` where it will not sign. The token of
    ``CERTIFICATE_AUTHORITY_TOKEN`` goes along as a bearer's.
    """

    def sign_csr(self, csr_pem: str, *, identity: str, organisation: str, kind: str) -> str:
        question = {"csr": csr_pem, "identity": identity, "organisation": organisation, "kind": kind}
        try:
            status, said = ask_own(
                settings.CERTIFICATE_AUTHORITY_URL,
                question,
                token=settings.CERTIFICATE_AUTHORITY_TOKEN,
                timeout_s=TIMEOUT_S,
                max_bytes=MAX_ANSWER_BYTES,
            )
        except FetchFailed as error:
            raise AuthorityUnavailable(f"The certificate authority does not answer. {error}") from error
        except orjson.JSONDecodeError as error:
            raise AuthorityUnavailable("The certificate authority's answer is no JSON.") from error
        if 400 <= status < 500:
            raise AuthorityRefused(str(said.get("reason") or "The certificate authority refuses to sign.")[:300])
        chain = said.get("chain")
        if status != 200 or not isinstance(chain, str):
            raise AuthorityUnavailable(f"The certificate authority answered {status} without a chain.")
        return chain
