"""All 2,866 cases of Frictionless's own data folder: how many reports are identical, handed back and different.

``ours`` are the cases that the columnar engine answers with the same report, ``peer`` are all cases.
"""

from __future__ import annotations

from time import process_time

from tests.pipelines.columnar import conformance

QUICK_STEP = 100


def run(quick: bool = False) -> dict:
    cases, schemas = conformance.read_cases()
    cases = cases[::QUICK_STEP] if quick else cases
    folder, start = conformance.data_folder(), process_time()
    counts, reasons, different = conformance.run(cases, schemas, folder)
    return {
        "name": "conformance", "unit": "cases", "ours": counts["identical"], "peer": len(cases),
        "ratio": round(counts["identical"] / len(cases), 3),
        "detail": {
            **counts, "reasons": dict(reasons), "target_different": 0, "target_back": 0.15,
            "back_share": round(counts["back"] / len(cases), 3), "first_different": [case["path"] for case in different[:5]],
            "cpu_seconds": round(process_time() - start, 1),
        },
    }
