"""docs/personal-data.md, from the kinds of personal data themselves."""

from __future__ import annotations

from api.messages import personal
from catalog.usage import KEPT_DAYS, MISSED_DAYS, RARE_DAYS, READERS
from standards.registry import PERSONAL
from standards.screening import OFFICES
from standards.trait import Trait

HEAD = """# Personal data

Personal data may not be published (Luật 91/2025/QH15). Every column of every upload, and of every file that is checked, is
screened. No cell decides: a Vietnamese personal number has no check digit, so one cell proves nothing and a column does. The
verdict on a column is *block* (the table is not valid, reason `personal-data`), *ask* (a warning) or *pass*.

1. Cells are tidied: full-width digits, spaces, dots, hyphens, quotation marks, labels (`CCCD: …`), float tails (`1203012345.0`),
   `+84`, the first of several numbers. A true decimal, a negative number and a date are no codes.
2. What stands there is compared with each kind below, over distinct values. Zeros that a spreadsheet lost are expected.
3. The header speaks, with or without marks, spaces and capitals: a column that it names is held back from {named} on.
   Where it says nothing, the cells must be a large part of the column, improbable by chance, various and no series.
4. Neighbours decide what is doubtful: names and birth dates hold each other back; nine digits among persons are identity
   cards; a telephone or mailbox in a table about offices ({offices} …) is asked about.
5. Enterprise tax codes (by their check digit), amounts of money, office mailboxes (`.gov.vn`, `vanthu@…`), landlines and
   hotlines pass.

6. Longer text is searched for personal numbers, telephone numbers, private mailboxes and insurance cards
   (`standards/mentions.py`); a column of notes that mentions some is asked about, and its cells are shown nowhere. The names of
   the file, the sheet and the columns are searched too (`personal-data-named`), and so is what stands around a table: lines above
   the header, notes under the data, comments. Where they mention somebody, the original is kept private; an office's contact is told.
7. Where a table has birth dates beside sex, place, ethnic group or occupation, rows whose combination fewer than five share are
   counted: a warning with figures (`re-identification`), never with values.

A sample is looked at first (2,000 cells spread over the table); where it speaks, every cell is counted. Values are neither
stored nor printed: findings, profile, preview and report show masks (`0010********`) for a column that is held back or mentions them.

A second person of the agency (reviewer or admin, not who uploaded) may release a column with a reason and a legal basis:
`POST /api/v1/submissions/{id}/release-column` or the form of the step *Personal data*. It is audited, and the file is checked again.

Whoever uploads may decide about each column herself, in that step or by `POST /api/v1/submissions/{id}/fixes`: `leave-out#column`,
`mask#column` (of a number three signs stay, of a mailbox its domain, of a name the initials) or `generalise#column` (of a birth date the
year, of an address what follows its last comma). The file is screened again as it then is; the original stays private, and no log,
example or report shows a value of the column. What was decided is made again with the next file, and can be taken back.
On the command line `datamo check --no-pii` leaves the screening out.

## What is counted of readers

* **Use**: how often a dataset is viewed, downloaded and asked by the API, by day and resource, robots apart: numbers alone, no address,
  person, session or time of day. A web process counts in memory and writes every five seconds and when it stops. Kept {uses} days.
* **Searches without result** are counted for agencies' worklists. Words with long numbers, mailboxes, what `standards/mentions.py` knows, or
  what is probably a name of a person are not counted at all. Of all others a keyed hash is kept until {least} readers asked on one day, or they
  were asked on {least} days; only then their folded words are kept and shown, to people who publish. Readers of a day are told apart
  by two bytes of a hash that is another one each day (one in 65,536 addresses has the same). Rare ones are forgotten after {rare} days,
  the others {missed} days after they were last asked.
* **Remarks** on whether a dataset was of use: the newest fifty, shown to its agency, gone with the dataset.

Printed from `standards/personal/` and `api/messages/personal.py` by `make docs`.

| kind | what | header names it | cells alone | share | chance | basis |
|---|---|---|---|---|---|---|
"""

TAIL = """
`chance` is how likely a number of the same length that means something else has the form; `share` the part of the cells that
must have it where no header speaks.

| code | severity | English | Tiếng Việt |
|---|---|---|---|
"""


def page() -> str:
    """Give the page."""
    named = f"{min(one.named_share for one in PERSONAL if one.named and one.id != 'personal-tax'):.0%} of its filled cells"
    head = HEAD.replace("{named}", named).replace("{offices}", ", ".join(OFFICES[:4]))
    for name, value in (("uses", KEPT_DAYS), ("least", READERS), ("rare", RARE_DAYS), ("missed", MISSED_DAYS)):
        head = head.replace(f"{{{name}}}", str(value))
    return head + "".join(_row(one) for one in PERSONAL if _tells(one)) + TAIL + "".join(_sentences())


def _tells(one: Trait) -> bool:
    return bool(one.named) or (one.alone, one.among) != ("pass", None)


def _row(one: Trait) -> str:
    verdict = f"{one.alone}, {one.among} among persons" if one.among else one.alone
    what = f"{one.title['en']} · {one.title['vi']}"
    named = f"{one.under}: {', '.join(one.named[:6])}" if one.named else "–"
    chance = f"{one.chance:.1%}" if one.chance < 1 else "–"
    return f"| `{one.kind}` | {what} | {named} | {verdict} | {one.share:.0%} | {chance} | {one.basis} |\n"


def _sentences() -> list[str]:
    rows = []
    for code, variants in personal.SENTENCES.items():
        for variant, said in variants.items():
            severity = "error" if code == personal.BLOCKED else "info" if variant else "warning"
            rows.append(f"| `{code}` | {severity} | {said['en']} | {said['vi']} |\n")
    return rows
