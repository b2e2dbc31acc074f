"""Where contract certificates for vehicles come from: the interface of a pool, and ours."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from apps.chargers.engine.certificates.emaid import normal_emaid
from apps.chargers.messages.events import ContractCertificateRequested
from apps.chargers.models import ContractCertificate
from apps.core.guarded_http import FetchFailed, ask_own

TIMEOUT_S = 6.0
MAX_ANSWER_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class PooledContract:
    """``exi_response``: base64 of EXI, as the vehicle is to get it."""

    exi_response: str
    remaining_contracts: int | None = None


class ContractPool(Protocol):
    """Answers vehicles that ask for their contract. May wait for a network, within ``OCPP_ONLINE_TIMEOUT_S``."""

    def find_contract(
        self, wanted: ContractCertificateRequested, *, organisation_id: int, identity: str
    ) -> PooledContract | None:
        """The answer for the vehicle; ``None`` where there is none. May raise: that counts as none."""


class StoredPool:
    """Answers that were stored beforehand (``ContractCertificate``)."""

    def find_contract(
        self, wanted: ContractCertificateRequested, *, organisation_id: int, identity: str
    ) -> PooledContract | None:
        digest = hashlib.sha256(wanted.exi_request.encode()).hexdigest()
        emaids = [normal_emaid(emaid) or "" for emaid in wanted.prioritised_emaids]
        rows = ContractCertificate.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            organisation=organisation_id,
            action__in=("", wanted.action),
            request_digest__in=("", digest),
        )
        ranks = {emaid: rank for rank, emaid in reversed(list(enumerate(emaids))) if emaid}
        fitting = [row for row in rows if row.request_digest or not row.emaid or row.emaid in ranks]
        if not fitting:
            return None
        best = min(fitting, key=lambda row: (not row.request_digest, ranks.get(row.emaid, len(emaids)), row.pk))
        return PooledContract(best.exi_response, remaining_contracts=0)


class HttpPool:
    """``POST CONTRACT_POOL_URL`` with ``{"iso15118SchemaVersion", "action", "exiRequest", "station", …}``.

    It answers 200 with ``{"status": "Accepted", "exiResponse": "…", "remainingContracts": 0}``.
    """

    def find_contract(
        self, wanted: ContractCertificateRequested, *, organisation_id: int, identity: str
    ) -> PooledContract | None:
        question = {
            "iso15118SchemaVersion": wanted.schema_version,
            "action": wanted.action,
            "exiRequest": wanted.exi_request,
            "maximumContractCertificateChains": wanted.max_chains,
            "prioritizedEMAIDs": list(wanted.prioritised_emaids),
            "station": identity,
        }
        status, said = ask_own(
            settings.CONTRACT_POOL_URL,
            question,
            token=settings.CONTRACT_POOL_TOKEN,
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_ANSWER_BYTES,
        )
        response = said.get("exiResponse") if said.get("status") == "Accepted" else None
        if status != 200 or not isinstance(response, str):
            raise FetchFailed(f"The pool answered {status} without a contract.")
        remaining = said.get("remainingContracts")
        return PooledContract(response, remaining if isinstance(remaining, int) else None)


class DefaultPool:
    """The one over HTTP where ``CONTRACT_POOL_URL`` is set, else what is stored."""

    def find_contract(
        self, wanted: ContractCertificateRequested, *, organisation_id: int, identity: str
    ) -> PooledContract | None:
        pool: ContractPool = HttpPool() if settings.CONTRACT_POOL_URL else StoredPool()
        return pool.find_contract(wanted, organisation_id=organisation_id, identity=identity)
