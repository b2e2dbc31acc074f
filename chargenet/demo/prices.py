"""Tariffs of the demo, as the engine reads them."""

from typing import Any


def _content(key: str, currency: str, components: list[dict[str, Any]], vat_percent: str) -> dict[str, Any]:
    priced = [{**component, "vat_percent": vat_percent} for component in components]
    return {
        "id": key,
        "version": 1,
        "currency": currency,
        "tax_included": True,
        "elements": [{"price_components": priced}],
    }


TARIFFS = {
    "Ladepark Seevetal": (
        "Rapid charging",
        _content("seevetal", "EUR", [{"kind": "energy", "price": "0.59"}, {"kind": "flat", "price": "0.35"}], "19"),
    ),
    "Lindenhof": ("Residents", _content("lindenhof", "EUR", [{"kind": "energy", "price": "0.34"}], "19")),
    "Kontor Campus": (
        "Campus",
        _content("kontor", "EUR", [{"kind": "energy", "price": "0.29"}, {"kind": "time", "price": "0.60"}], "25.5"),
    ),
    "Dock Street Depot": ("Depot", _content("depot", "GBP", [{"kind": "energy", "price": "0.22"}], "20")),
}
