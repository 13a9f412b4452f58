"""Write docs/ckan-actions.md: every action of CKAN's API that we answer, from its declaration (`make docs`)."""

from __future__ import annotations

from api.ckan_options import OPTIONS
from api.dialects.ckan.action import Action
from api.dialects.ckan.actions import ACTIONS

WORDS = """# CKAN's Action API v3

Printed by `make docs` from the declarations of the actions, which `help_show` tells too.

Call `GET` or `POST` `/api/3/action/NAME` (or `/api/action/NAME`) as one calls CKAN 2.12: with JSON, a form, multipart or, for what only
reads, a query string. A token goes raw or behind `Bearer` into `Authorization`, or into `X-CKAN-API-Key`; a bad one counts as none.
Answers come in CKAN's envelope and errors in CKAN's shapes. `ckanapi` (library and command line) and `frictionless` work unmodified.

What is otherwise here:

* What may not be seen answers 404, never 403.
* A **group** is a theme of the catalogue, or one that people made; themes do not change, a group keeps its name. A **withdrawn** dataset
  is `deleted`: its agency sees it.
* Ids that things had in another CKAN lead to what moved here; what moved here is called by them.
* CKAN's addresses of pages and files lead on, too (`/dataset/{name}/resource/{id}/download/{file}`). What is not here of CKAN's 175 actions, and why:
  decision 0048.
* In plain words `"a phrase"`, `+needed` and `-left` count as Solr's dismax takes them; a sign that stands alone does not.
* A vocabulary is a list of tags; the tags of a dataset belong to none.
* A table is one resource: its canonical CSV. Resources of a dataset belong to a version; each change of them makes the next one.
* Ids are ours: an `id` that is sent with something new is not adopted. Members that we have no word for are kept and given back.
* An upload is checked before it is published: the answer comes when it is, or 409 with the address of the report.
* A package that Frictionless publishes arrives file by file, each checked; published again, its files are replaced. Its
  `datapackage.json` is no table: the resource leads to our own descriptor, and what the publisher's said is kept beside it. No path or
  address in it, and no address of a `schema`, is ever followed.
* Where an agency wants a second person, what an editor makes is a `draft` until somebody releases it.
* A dataset always has an agency: without `owner_org` CKAN's 409 of a site where unowned datasets are switched off.
* `resource_validation_*` tell of our own check: the newest file to its agency, the published one to everybody, without cells. Each table
  standard is a type of `scheming_dataset_schema_show`, with its Table Schema beside it.
* A name is not freed by deleting; a withdrawn dataset does not come back; a dataset stays with its organization.
* Capacities: an agency's reviewers are `admin` in CKAN's words, its readers `member`.
* **DataStore**: a published table is read from its immutable file and never written (409, also with `force`); rows that change belong to a
  resource that `datastore_create` makes, or with `force` to a link. What is written there is public at once: it takes the right to publish.
  Records are looked at for personal data as files are; a confident find is refused, unless a second person of the agency has released the
  column (`datastore_column_release`). Searches find words with and without marks; totals are exact; texts sort by their code points; booleans in CSV are `true` and `false`.
* People are seen by themselves and by operators (as with `ckan.auth.public_user_details = false`).
* `sort=id asc` gives the order in which datasets were published, `sort=name asc` that of titles; relevance is Datamo's own.
"""


OPTIONS_HEAD = """## Options

`DATAMO_CKAN_OPTIONS` holds `name=value`, separated by commas. In environment `test` an operator changes them on the running site with
`config_option_update`.

| option | default | what it does |
|---|---|---|"""


def page() -> str:
    """The page."""
    options = [f"| `{name}` | {one.default or '–'} | {one.meaning} |" for name, one in OPTIONS.items()]
    rows = [row(one) for _, one in sorted(ACTIONS.items())]
    head = ["## Actions", "", f"{len(ACTIONS)} actions.", "", "| action | verbs | who may | what it does | parameters |", "|---|---|---|---|---|"]
    return "\n".join([WORDS, OPTIONS_HEAD, *options, "", *head, *rows, ""])


def row(one: Action) -> str:
    """One line of the table."""
    parameters = "; ".join(f"`{name}` {words}" for name, words in one.parameters.items()) or "–"
    return f"| `{one.name}` | {one.verbs} | {one.permission} | {one.summary} | {parameters} |".replace("\n", " ")
