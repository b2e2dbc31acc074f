"""Plug & Charge (ISO 15118): questions of stations and vehicles that others have to be asked.

Functions here may wait for the network and are called outside of transactions, in threads made for that
(``gateway.online``); each has a counterpart that says what is answered where there is no time.
"""

from apps.chargers.services.plug_and_charge.contracts import answer_contract_request, no_contract
from apps.chargers.services.plug_and_charge.standing import answer_chain_status, no_chain_status
from apps.chargers.services.plug_and_charge.status import answer_status, no_status
from apps.chargers.services.plug_and_charge.stored import ContractRefused, remove_contract, store_contract
from apps.chargers.services.plug_and_charge.verification import CertificateVerdict, verify_contract

__all__ = [
    "CertificateVerdict",
    "ContractRefused",
    "answer_chain_status",
    "answer_contract_request",
    "answer_status",
    "no_chain_status",
    "no_contract",
    "no_status",
    "remove_contract",
    "store_contract",
    "verify_contract",
]
