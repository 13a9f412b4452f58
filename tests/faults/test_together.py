"""Several processes on one site: workers share the work, and a web process that dies takes nothing with it."""

from __future__ import annotations

from collections import Counter

from api.wiring import Site
from tests.faults.place import ENDS, PATIENCE_SECONDS, Place, eventually, kill, stop


def both_at_work(place: Place, site: Site) -> None:
    """Wait until two workers are in their slots and take work: then they give their first sign of life."""
    assert eventually(lambda: {slot for slot, _ in site.jobs.workers()} == {"worker-1", "worker-2"}), place.log()


def test_two_workers_on_one_database_examine_each_file_once(place: Place) -> None:
    """Half of the files wait for the workers, half come when both are there."""
    with place.site() as site:
        datasets = [place.draft(site, f"bo-{one}") for one in range(8)]
        submissions = [place.upload(site, one).id for one in datasets[:4]]
        workers = [place.worker(), place.worker()]
        try:
            both_at_work(place, site)
            submissions += [place.upload(site, one).id for one in datasets[4:]]
            assert place.wait(site, submissions) == ["published"] * 8, place.log()
            assert place.wait_indexed(site), place.log()
        finally:
            for one in workers:
                stop(one)
        assert Counter(place.examinations()) == Counter(submissions)
        assert list(site.catalog.verify()) == []


def test_the_work_of_a_dead_worker_is_taken_over_by_one_in_another_slot(place: Place) -> None:
    with place.site() as site:
        submissions: list[str] = []
        idle = place.worker()
        doomed = place.worker("before-settle", times=2)

        def settled() -> bool:
            system = site.catalog.system()
            return all(site.catalog.submission(system, one).state in ENDS for one in submissions)

        def another_three() -> bool:
            """Send files and see whether the doomed one got hold of one, too."""
            for _ in range(3):
                submissions.append(place.upload(site, place.draft(site, f"bo-{len(submissions)}")).id)
            assert eventually(lambda: doomed.poll() is not None or settled()), place.log()
            return doomed.poll() is not None

        try:
            both_at_work(place, site)
            assert eventually(another_three), place.log()
            assert doomed.returncode == -9, place.log()
            submissions.append(place.upload(site, place.draft(site, "truong-hoc")).id)
            assert place.wait(site, submissions) == ["published"] * len(submissions), place.log()
        finally:
            stop(idle)


def test_a_web_process_killed_after_its_answer_loses_nothing(place: Place) -> None:
    with place.site() as site:
        dataset = place.draft(site, "truong-hoc")
        out = place.folder / "answered"
        web = place.fork("upload", dataset=dataset, content="ma,ten\n00001,Trường số 1\n", out=str(out))
        assert web.wait(PATIENCE_SECONDS) == -9, place.log()
        worker = place.worker()
        try:
            assert place.wait(site, [out.read_text()]) == ["published"], place.log()
        finally:
            stop(worker)


def test_a_full_disk_is_waited_out_and_nothing_is_half_published(place: Place) -> None:
    with place.site() as site:
        dataset = place.draft(site, "truong-hoc")
        submission = place.upload(site, dataset).id
        worker = place.worker("disk-full", times=3)
        try:
            assert place.wait(site, [submission]) == ["published"], place.log()
            assert place.killed_at.read_text().split() == ["disk-full"] * 3
            assert list(site.catalog.verify(deep=True)) == []
        finally:
            stop(worker)


def test_a_disk_that_stays_full_sets_the_work_aside_until_somebody_retries_it(place: Place) -> None:
    with place.site() as site:
        dataset = place.draft(site, "truong-hoc")
        submission = place.upload(site, dataset).id
        worker = place.worker("disk-full", times=6)
        try:
            waiting = place.wait_job(site, submission, "set-aside")
            assert waiting is not None, place.log()
            assert "storage-full" in waiting.error
            assert place.wait(site, [submission]) == ["failed"], place.log()
            told = site.catalog.submission(site.catalog.system(), submission).reason
            assert told is not None
            assert told["code"] == "set-aside"
            assert list(site.catalog.versions(site.catalog.system(), dataset)) == []
            site.jobs.retry(waiting.id)
            assert place.wait_job(site, submission, "done") is not None, place.log()
            assert place.wait(site, [submission]) == ["published"], place.log()
        finally:
            kill(worker)
