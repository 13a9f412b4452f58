"""Personal data: what belongs to somebody: bank accounts and number plates."""

from __future__ import annotations

from standards.trait import Trait

TRAITS = (
    Trait(
        id="account", kind="bank-account", title={"vi": "số tài khoản ngân hàng", "en": "bank account numbers"},
        strict="[0-9]{6,19}", loose="[A-Z]{0,4}[0-9]{8,19}|[1-9][0-9]{0,9}E[+]?[01]?[0-9]", chance=1.0, alone="pass",
        office=True, shows=2,
        named=("so tai khoan", "stk", "so tk", "tai khoan ngan hang", "so tai khoan ngan hang", "tai khoan nhan tien",
               "bank account", "account number", "account no", "bank account number", "iban", "口座番号"),
        denied=("kho bac", "ke toan", "so luong", "so du", "tien", "tong", "hach toan"), basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="plate", kind="number-plate", title={"vi": "biển số xe", "en": "number plates"},
        strict="[1-9][0-9](?:[A-Z][0-9]?|[A-Z]{2})[0-9]{4,5}", chance=0.01, share=0.9, alone="ask", office=True,
        shows=3, head=3, heads=3,
        named=("bien so", "bien so xe", "bien kiem soat", "bks", "bien xe", "so xe", "license plate", "licence plate",
               "number plate", "plate number", "plate no", "bien dang ky xe"),
        denied=("xe buyt", "tuyen"), basis="Luật 36/2024/QH15; Luật 91/2025/QH15",
    ),
)  # fmt: skip
