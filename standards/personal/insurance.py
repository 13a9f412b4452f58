"""Personal data: numbers of social insurance (BHXH, 10 digits) and of health insurance cards (BHYT, 15 signs)."""

from __future__ import annotations

from standards.trait import Trait

_MONEY = (
    "tien", "so tien", "muc", "ty le", "tong", "chi", "thu", "no", "so nguoi", "so lao dong", "so luong", "don vi",
    "quy", "kinh phi", "gia tri", "phi", "von", "thanh toan", "quyet toan", "de nghi", "dong", "vnd",
)  # fmt: skip
"""Words of headers that tell of money or numbers of people."""

TRAITS = (
    Trait(
        id="bhxh", kind="vn-social-insurance", title={"vi": "mã số bảo hiểm xã hội", "en": "social insurance numbers"},
        strict="[0-9]{10}", loose="[0-9]{8,10}", alone="pass", shows=2, chance=1.0, share=0.95, about_person=True,
        against=("vn-mst", "round-amount"), denied=_MONEY,
        named=("bhxh", "so bhxh", "ma so bhxh", "so so bhxh", "ma bhxh", "ma so bao hiem xa hoi", "so bao hiem xa hoi",
               "so so bao hiem", "bao hiem xa hoi", "social insurance number", "social insurance no"),
        basis="Luật 41/2024/QH15",
    ),
    Trait(
        id="bhyt", kind="vn-health-insurance",
        title={"vi": "số thẻ bảo hiểm y tế", "en": "health insurance card numbers"},
        strict="[A-Z]{2}[1-5][0-9]{12}", loose="[A-Z]{2}[0-9A-Z]{1,3}[0-9]{10,12}|[0-9]{8,10}", chance=0.001, shows=3,
        denied=_MONEY, about_person=True,
        named=("bhyt", "so bhyt", "the bhyt", "so the bhyt", "ma the bhyt", "ma bhyt", "ma so bhyt", "bao hiem y te",
               "so the bao hiem y te", "ma the bao hiem y te", "health insurance number", "health insurance card"),
        basis="Luật 51/2024/QH15",
    ),
)  # fmt: skip
