"""What the tests of releases share: a release that merges two communes, and data that name them."""

from __future__ import annotations

from datetime import date

from standards import registry

EFFECTIVE = "2026-10-01"
"""Before the day of the tests: the release is in force as soon as it is accepted."""

BASIS = "NQ 99/2026/UBTVQH16"
A, B = "00004", "00008"
"""Two wards of Hà Nội in force since 2025-07-01: A is merged into B."""

HEADER = "code,name,parent,valid_from,valid_to,successors,basis"


def entry(code: str, day: str = "2026-01-01", codelist: str = "vn-commune"):
    found = registry.codelist(codelist).on(code, date.fromisoformat(day))
    assert found is not None
    return found


def row(code: str, **changed: str) -> str:
    """The row of an entry in force, with some cells changed."""
    one = entry(code)
    cells = {
        "code": one.code, "name": one.name, "parent": one.parent, "valid_to": "", "successors": "", "basis": "",
        "valid_from": one.valid_from.isoformat() if one.valid_from else "",
    } | changed
    return ",".join(cells[name] for name in HEADER.split(","))


def merger(effective: str = EFFECTIVE) -> bytes:
    """Ward A becomes part of ward B on a day."""
    return f"{HEADER}\n{row(A, valid_to=effective, successors=B)}\n".encode()


SCHOOLS = """ref_date,facility_id,name,level,province_code,province_name,commune_code,commune_name,address,agency_id
2026-11-01,HN-1,Trường Tiểu học Ba Đình,tiểu học,01,Thành phố Hà Nội,00004,Phường Ba Đình,1 phố A,H26.1
2026-06-30,HN-2,Trường THCS Ba Đình,THCS,01,Thành phố Hà Nội,00004,Phường Ba Đình,2 phố A,H26.1
2026-11-01,HN-3,Trường THCS Ngọc Hà,THCS,01,Thành phố Hà Nội,00008,Phường Ngọc Hà,3 phố B,H26.1
""".encode()
