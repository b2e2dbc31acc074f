"""A breakdown as JSON: kept with the session, read back unchanged years later."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from .breakdown import Breakdown, KindTotal, Line, Notice, TaxLine
from .exact import plain
from .kinds import LineKind


def to_json(breakdown: Breakdown) -> dict[str, Any]:
    """Plain JSON values: decimals and instants as strings."""
    return {
        "currency": breakdown.currency,
        "started_at": breakdown.started_at.isoformat(),
        "ended_at": breakdown.ended_at.isoformat(),
        "energy_wh": plain(breakdown.energy_wh),
        "lines": [_plain_row(line) for line in breakdown.lines],
        "taxes": [_plain_row(tax) for tax in breakdown.taxes],
        "totals": [_plain_row(total) for total in breakdown.totals],
        "net": plain(breakdown.net),
        "tax": plain(breakdown.tax),
        "gross": plain(breakdown.gross),
        "limit_applied": breakdown.limit_applied,
        "warnings": [_plain_row(warning) for warning in breakdown.warnings],
    }


def from_json(data: Mapping[str, Any]) -> Breakdown:
    """The breakdown that ``to_json`` wrote. Raises KeyError or ValueError for anything else."""
    return Breakdown(
        currency=data["currency"],
        started_at=datetime.fromisoformat(data["started_at"]),
        ended_at=datetime.fromisoformat(data["ended_at"]),
        energy_wh=Decimal(data["energy_wh"]),
        lines=tuple(_line(row) for row in data["lines"]),
        taxes=tuple(
            TaxLine(_number(row["vat_percent"]), Decimal(row["net"]), Decimal(row["tax"])) for row in data["taxes"]
        ),
        totals=tuple(
            KindTotal(LineKind(row["kind"]), Decimal(row["net"]), Decimal(row["tax"]), Decimal(row["gross"]))
            for row in data["totals"]
        ),
        net=Decimal(data["net"]),
        tax=Decimal(data["tax"]),
        gross=Decimal(data["gross"]),
        limit_applied=data["limit_applied"],
        warnings=tuple(Notice(row["code"], row["message"]) for row in data["warnings"]),
    )


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        kind=LineKind(row["kind"]),
        from_at=datetime.fromisoformat(row["from_at"]),
        until_at=datetime.fromisoformat(row["until_at"]),
        measured=Decimal(row["measured"]),
        billed=Decimal(row["billed"]),
        unit_price=_number(row["unit_price"]),
        vat_percent=_number(row["vat_percent"]),
        net=Decimal(row["net"]),
        tax=Decimal(row["tax"]),
        gross=Decimal(row["gross"]),
        tariff_id=row["tariff_id"],
        tariff_version=row["tariff_version"],
        element_index=row["element_index"],
        component_index=row["component_index"],
        imputed=row["imputed"],
        why=row["why"],
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _plain_row(row: Line | TaxLine | KindTotal | Notice) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row._asdict().items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, LineKind):
        return value.value
    return value
