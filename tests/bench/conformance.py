"""All 3,741 cases of Frictionless's own data folder: how many reports are identical, handed back and different.

2,866 are CSV and TSV files, 875 workbooks, JSON, JSON Lines and Parquet (ODS and Parquet are handed back: Frictionless
lacks the libraries to read them here). ``ours`` are the cases that the columnar engine answers with the same report,
``peer`` are all cases; the detail counts them by kind of file.
"""

from __future__ import annotations

from collections import Counter
from time import process_time

from tests.pipelines.columnar import conformance

QUICK_STEP = 100
CSV = "csv"


def run(quick: bool = False) -> dict:
    folder, start = conformance.data_folder(), process_time()
    counts, forms, reasons, different, total = Counter(), {}, Counter(), [], 0
    for kept in ("frictionless_reports", conformance.TYPED):
        cases, schemas = conformance.read_cases(kept)
        cases = cases[::QUICK_STEP] if quick else cases
        total += len(cases)
        for form in sorted({case.get("format", CSV) for case in cases}):
            own, why, wrong = conformance.run([one for one in cases if one.get("format", CSV) == form], schemas, folder)
            counts += own
            reasons += why
            different += wrong
            forms[form] = dict(own)
    of_csv = forms[CSV]
    return {
        "name": "conformance", "unit": "cases", "ours": counts["identical"], "peer": total,
        "ratio": round(counts["identical"] / total, 3),
        "detail": {
            "identical": counts["identical"], "back": counts["back"], "different": len(different), "forms": forms,
            "reasons": dict(reasons), "target_different": 0, "target_back": 0.15,
            "back_share": round(of_csv["back"] / sum(of_csv.values()), 3), "first_different": [case["path"] for case in different[:5]],
            "cpu_seconds": round(process_time() - start, 1),
        },
    }
