"""Fifty clients at once over real HTTP replace one dataset, and send one of the requests a hundred times (reliability R11)."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.running import PATIENCE, Running, running

CLIENTS, FILES, SAME = 50, 10, 100
TRIES = 100


def persistently(run: Running, slug: str, content: bytes, key: str) -> str:
    """Send a file as a client does that is told to come back: again under the same key until it is taken."""
    with run.client() as client:
        for _ in range(TRIES):
            said = client.post(f"/api/v1/datasets/{slug}/submissions", files={"file": ("a.csv", content)},
                               headers={"Idempotency-Key": key})
            if said.status_code == 202:
                return str(said.json()["id"])
            assert said.status_code in (409, 429, 503), said.text
            time.sleep(float(said.headers.get("retry-after", "1")))
    raise AssertionError(key)


def watched(run: Running, slug: str, over: threading.Event, wrong: list[str]) -> None:
    """A reader who asks all the while: what she sees is whole, and never goes back."""
    newest = 0
    with httpx.Client(base_url=run.url, timeout=PATIENCE, trust_env=False) as client:
        while not over.wait(0.3):
            said = client.get(f"/api/v1/datasets/{slug}")
            if said.status_code == 404 and not newest:
                continue
            number = said.json().get("version") if said.status_code == 200 else None
            if number is None or number < newest:
                wrong.append(f"{said.status_code} {number} after {newest}")
            elif number > newest:
                newest = number
                shown = client.get(f"/api/v1/datasets/{slug}/versions/{number}")
                if shown.status_code != 200 or shown.json()["number"] != number or not shown.json()["files"]:
                    wrong.append(shown.text)


def test_fifty_clients_replace_one_dataset_and_each_file_becomes_one_version(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        slug = run.draft("Trường học")
        over, wrong = threading.Event(), list[str]()
        reader = threading.Thread(target=watched, args=(run, slug, over, wrong), daemon=True)
        reader.start()
        contents = [f"ma,ten\n{number:05d},Trường số {number}\n".encode() for number in range(FILES)]
        with ThreadPoolExecutor(CLIENTS) as crew:
            same = crew.map(lambda _: persistently(run, slug, contents[0], "the-same"), range(SAME))
            others = [crew.submit(persistently, run, slug, one, f"k{number}") for number, one in enumerate(contents[1:])]
            (first,) = set(same)
            sent = [first, *(one.result() for one in others)]
        assert len(set(sent)) == FILES
        assert set(run.place.wait(run.site, sent, seconds=250)) == {"published"}, run.place.log()
        over.set()
        reader.join(PATIENCE)
        assert wrong == []
        versions = run.site.catalog.versions(run.site.catalog.system(), slug)
        assert [one.number for one in versions] == list(range(FILES, 0, -1)), "no number is given twice or left out"
        originals = [file.sha256 for one in versions for file in one.files if file.role == "original"]
        assert sorted(originals) == sorted(hashlib.sha256(one).hexdigest() for one in contents)
        assert list(run.site.catalog.verify(deep=True)) == []
