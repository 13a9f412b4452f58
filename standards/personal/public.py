"""Public numbers that look like personal ones: enterprise tax codes and amounts of money; they explain cells away."""

from __future__ import annotations

from standards import late
from standards.trait import Trait

mst = late.module("stdnum.vn.mst")


def is_mst(text: str) -> bool:
    """Whether ten digits (thirteen of a branch) are a tax code by their check digit."""
    return bool(mst.is_valid(text))


TRAITS = (
    Trait(
        id="vn-mst", kind="vn-enterprise-tax-code",
        title={"vi": "mã số thuế doanh nghiệp", "en": "enterprise tax codes"},
        strict="[0-9]{10}(?:[0-9]{3})?", proves=is_mst, chance=0.1, alone="pass", under="pass",
        basis="TT 86/2024/TT-BTC",
    ),
    Trait(
        id="round-amount", kind="amount", title={"vi": "số tiền", "en": "amounts of money"},
        strict="[1-9][0-9]*000", chance=0.001, alone="pass", under="pass",
    ),
)  # fmt: skip
