"""Whatever people do, in whatever order: the desk agrees with a model of a few lines, and every promise holds."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from catalog.errors import Gone, NotFound, Refusal
from catalog.model import NOBODY
from catalog.question import Question
from tests.catalog.desk import a_desk


class AnyOrder(RuleBasedStateMachine):
    """The model: for each dataset the state of its versions, and whether all of it was withdrawn or is private."""

    datasets = Bundle("datasets")
    uploads = Bundle("uploads")

    def __init__(self) -> None:
        super().__init__()
        self.desk = a_desk()
        self.versions: dict[str, list[str]] = {}
        self.gone: set[str] = set()
        self.private: set[str] = set()
        self.bytes: dict[tuple[str, int], str] = {}
        self.number = 0

    @rule(target=datasets, private=st.booleans())
    def draft(self, private):
        one = self.desk.draft(visibility="private" if private else "public").id
        self.versions[one] = []
        if private:
            self.private.add(one)
        return one

    @rule(target=uploads, dataset=datasets, resource=st.sampled_from(["a", "b"]))
    def upload(self, dataset, resource):
        self.number += 1
        try:
            one = self.desk.ready(dataset, b"h\n%d\n" % self.number, resource=resource)
        except Gone:
            assert dataset in self.gone
            return multiple()
        return (dataset, one.id)

    @rule(upload=consumes(uploads))
    def publish(self, upload):
        dataset, one = upload
        try:
            version = self.desk.catalog.publish(self.desk.operator, [one])
        except Gone:
            assert dataset in self.gone
            return
        assert dataset not in self.gone
        self.versions[dataset].append("published")
        assert version.number == len(self.versions[dataset])
        assert self.desk.catalog.publish(self.desk.operator, [one]) == version

    @rule(upload=consumes(uploads))
    def reject(self, upload):
        self.desk.catalog.reject(self.desk.reviewer, upload[1], "no")

    @rule(dataset=datasets, number=st.none() | st.integers(1, 4))
    def withdraw(self, dataset, number):
        held = self.versions[dataset]
        try:
            self.desk.catalog.withdraw(self.desk.admin, dataset, "because", number)
        except Refusal:
            assert not held or (number is not None and number > len(held) and dataset not in self.gone)
            return
        if number is None:
            self.gone.add(dataset)
            held[:] = ["withdrawn"] * len(held)
        elif dataset not in self.gone:
            held[number - 1] = "withdrawn"

    @rule(dataset=datasets, number=st.integers(1, 4))
    def republish(self, dataset, number):
        held = self.versions[dataset]
        try:
            self.desk.catalog.republish(self.desk.reviewer, dataset, number, "again")
        except (Gone, NotFound):
            assert dataset in self.gone or number > len(held) or held[number - 1] == "withdrawn"
            return
        held.append("published")

    @rule(dataset=datasets, private=st.booleans())
    def change_visibility(self, dataset, private):
        self.desk.catalog.amend(self.desk.admin, dataset, visibility="private" if private else "public")
        (self.private.add if private else self.private.discard)(dataset)

    @rule(hours=st.sampled_from([1, 30]))
    def sweep(self, hours):
        self.desk.stand.clock.forward(hours=hours)
        self.desk.catalog.sweep()

    @invariant()
    def every_promise_holds(self):
        assert self.desk.catalog.verify(deep=True) == []

    @invariant()
    def the_desk_agrees_with_the_model(self):
        for dataset, held in self.versions.items():
            found = [one.state for one in reversed(self.desk.catalog.versions(self.desk.reader, dataset))]
            assert found == held

    @invariant()
    def the_public_sees_the_newest_or_its_tombstone_and_bytes_never_change(self):
        for dataset, held in self.versions.items():
            try:
                version = self.desk.catalog.version(NOBODY, dataset)
            except NotFound:
                assert not held or dataset in self.private
            except Gone:
                assert held[-1] == "withdrawn"
            else:
                assert (version.number, held[-1]) == (len(held), "published")
                assert self.bytes.setdefault((dataset, version.number), version.manifest) == version.manifest

    @invariant()
    def search_finds_exactly_what_is_public_and_not_withdrawn(self):
        self.desk.stand.follow()
        shown = {
            one for one, held in self.versions.items() if held and held[-1] == "published" and one not in self.private
        }
        found, entries = self.desk.catalog.search(NOBODY, Question(limit=100))
        assert {one.id for one in entries} == shown
        assert found.total == len(shown) == self.desk.catalog.statistics()["datasets"]


AnyOrder.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestAnyOrder = AnyOrder.TestCase
