"""Get15118EVCertificate: a vehicle asks for its contract certificate, or a newer one (OCPP 2.0.1 M01, M02)."""

from django.conf import settings
from django.utils.module_loading import import_string

from apps.chargers.facts import Fact
from apps.chargers.messages.events import ContractCertificateRequested
from apps.chargers.messages.replies import ContractCertificateReply
from apps.chargers.services.plug_and_charge.pools import ContractPool

MAX_RESPONSE_CHARACTERS = {"ocpp2.1": 17_000}
MAX_RESPONSE_OF_OLDER = 7_500

ContractFact = Fact[ContractCertificateRequested]


def answer_contract_request(fact: ContractFact) -> ContractCertificateReply:
    """What the configured pool (``settings.CONTRACT_POOL``) has for the vehicle."""
    pool: ContractPool = import_string(settings.CONTRACT_POOL)()
    station = fact.station
    found = pool.find_contract(fact.event, organisation_id=station.organisation_id, identity=station.identity)
    if found is None or len(found.exi_response) > MAX_RESPONSE_CHARACTERS.get(station.protocol, MAX_RESPONSE_OF_OLDER):
        return no_contract(fact)
    return ContractCertificateReply("Accepted", found.exi_response, found.remaining_contracts)


def no_contract(fact: ContractFact) -> ContractCertificateReply:
    """There is none."""
    return ContractCertificateReply("Failed")
