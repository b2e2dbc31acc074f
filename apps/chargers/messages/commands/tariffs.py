"""What we ask about tariffs and running cost, told to the station. Money is text, so that it stays exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class CostUpdated(Command):
    """The gross cost of a running transaction. What follows ``total_cost`` is only said in 1.6 (RunningCost):

    ``timestamp``: when it was reckoned (RFC 3339); ``meter_wh``: the register then; ``is_idle``: the car does not
    charge; ``charging_price``: ``{kWhPrice, hourPrice, flatFee}`` in force, each optional.
    """

    name: ClassVar[str] = "CostUpdated"
    transaction_id: str
    total_cost: str
    timestamp: str = ""
    meter_wh: int = 0
    is_idle: bool = False
    charging_price: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FinalCost(Command):
    """1.6 only: the gross cost of an ended transaction and a sentence about it. 2.x says it in its answers."""

    name: ClassVar[str] = "FinalCost"
    announces_end: ClassVar[bool] = True
    transaction_id: str
    total_cost: str
    price_text: str


@dataclass(frozen=True, slots=True)
class SetUserPrice(Command):
    """1.6 only: what charging costs the holder of this card, in a sentence."""

    name: ClassVar[str] = "SetUserPrice"
    announces_end: ClassVar[bool] = True
    id_token: str
    price_text: str


@dataclass(frozen=True, slots=True)
class SetDefaultTariff(Command):
    """The tariff for whoever has none of his own. ``evse_id`` 0 is every EVSE; ``tariff`` is a TariffType of 2.1."""

    name: ClassVar[str] = "SetDefaultTariff"
    announces_end: ClassVar[bool] = True
    evse_id: int
    tariff: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeTransactionTariff(Command):
    name: ClassVar[str] = "ChangeTransactionTariff"
    transaction_id: str
    tariff: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GetTariffs(Command):
    """``evse_id`` 0 is every EVSE."""

    name: ClassVar[str] = "GetTariffs"
    evse_id: int = 0


@dataclass(frozen=True, slots=True)
class ClearTariffs(Command):
    """Nothing given: all of them."""

    name: ClassVar[str] = "ClearTariffs"
    tariff_ids: tuple[str, ...] = ()
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class DefaultTariffAnswered(Learnt):
    """``status`` is the station's word (TariffSetStatusEnumType); ``reason`` what it said beside."""

    evse_id: int
    tariff: Mapping[str, Any]
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HeldTariff:
    """A tariff that a station holds (TariffAssignmentType); without EVSEs it holds for the whole station."""

    tariff_id: str
    kind: str
    evse_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TariffsListed(Learnt):
    """Every tariff at ``evse_id``, or at the whole station with 0."""

    evse_id: int
    tariffs: tuple[HeldTariff, ...]


@dataclass(frozen=True, slots=True)
class TariffsCleared(Learnt):
    """``tariff_ids`` are gone, or with ``everything`` all there were; at ``evse_id`` alone where it is given."""

    tariff_ids: tuple[str, ...]
    everything: bool = False
    evse_id: int | None = None


COMMANDS: tuple[type[Command], ...] = (
    CostUpdated,
    FinalCost,
    SetUserPrice,
    SetDefaultTariff,
    ChangeTransactionTariff,
    GetTariffs,
    ClearTariffs,
)
