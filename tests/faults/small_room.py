"""A site of which one part lies on a disk that is really full: ``python -m tests.faults.small_room FOLDER PART``, on a small mount.

``PART`` is what lies in FOLDER/small: ``files``, ``database`` or ``work``. Says "well" at the end, or what was wrong.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from api.wiring import Settings, Site, open_site
from catalog.errors import Unavailable
from catalog.model import NOBODY, Options
from pipelines.flow import Workshop, check_and_publish
from pipelines.steps.receive import receive
from standards.record import Dataset

FOLDER, PART = Path(sys.argv[1]), sys.argv[2]


def place(part: str) -> Path:
    return FOLDER / ("small" if part == PART else "large") / part


def opened() -> Site:
    return open_site(Settings(
        database_url=f"sqlite:///{place('database')}/x.db", files_url=f"file:{place('files')}",
        search_url=f"tantivy:{FOLDER}/large/search", work_dir=str(place("work")), environment="test",
    ), writer=True)


def publish(site: Site, shop: Workshop, dataset: str, number: int) -> str:
    content = "ma,ten\n" + "".join(f"{number:05d}{row:04d},Trường số {row}\n" for row in range(200))
    one = receive(site.catalog, site.files, site.catalog.system(), dataset, io.BytesIO(content.encode()), "x.csv", Options(),
                  limit=10**9)
    return check_and_publish(shop, lambda _name, step: step(), one.id)


def fill() -> list[Path]:
    """Take every byte of room that is left."""
    made = []
    for size in (1 << 20, 1 << 16, 1 << 12, 1 << 8):
        for number in range(200):
            path = FOLDER / "small" / f"fill-{size}-{number}"
            made.append(path)
            try:
                path.write_bytes(b"x" * size)
            except OSError:
                break
    return made


def main() -> None:
    for name in ("small", "large"):
        (FOLDER / name).mkdir(exist_ok=True)
    site = opened()
    site.migrate()
    shop = site.workshop()  # one mother of children for all that is published here
    system = site.catalog.system()
    site.catalog.add_organisation(system, code="H99", title={"vi": "Cơ quan thử"})
    dataset = site.catalog.draft(system, "H99", Dataset(title={"vi": "Bộ"}), slug="bo").id
    assert publish(site, shop, dataset, 1) == "published"
    made = fill()
    said = ""
    for number in range(2, 200):
        try:
            publish(site, shop, dataset, number)
        except Unavailable as refused:
            said = refused.code
            break
    assert said == "storage-full", f"heard {said!r}"
    file = site.catalog.version(NOBODY, dataset, 1).files[0]
    with site.catalog.open_file(NOBODY, file) as stream:
        assert len(stream.read()) == file.bytes
    held = len(site.catalog.versions(NOBODY, dataset))
    for one in made:
        one.unlink(missing_ok=True)
    for one in waiting(site):
        assert check_and_publish(shop, lambda _name, step: step(), one) == "published"
    assert publish(site, shop, dataset, 999) == "published"
    assert len(site.catalog.versions(NOBODY, dataset)) > held
    site.catalog.sweep(older_than_hours=0)
    broken = [one for one in site.catalog.verify(deep=True, grace_hours=0) if not one.startswith("I2: upload")]
    assert broken == [], broken
    print("well")


def waiting(site: Site) -> list[str]:
    """What was acknowledged before the disk was full and has not come to its end."""
    with site.records.read() as unit:
        return [one.id for one in unit.submissions(states=("received", "checking", "ready"))]


if __name__ == "__main__":
    main()
