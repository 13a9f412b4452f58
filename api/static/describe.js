// The quality of a description while it is written: each answer that counts moves the meter at once.
// Without this module the meter says how things stand since the last time the page was saved.

const form = document.querySelector("form[data-meter]");
const meter = document.getElementById("meter");
const passed = document.getElementById("passed");
const rows = new Map([...document.querySelectorAll("#items [data-code]")].map((row) => [row.dataset.code, row]));

function holds(code) {
  const fields = [...form.querySelectorAll(`[data-item="${code}"]`)];
  return fields.some((field) =>
    field.type === "checkbox" ? field.checked : field.value.trim().length >= Number(field.dataset.least || 1));
}

function measure() {
  for (const [code, row] of rows) {
    if (form.querySelector(`[data-item="${code}"]`)) row.toggleAttribute("data-held", holds(code));
  }
  const held = [...rows.values()].filter((row) => row.hasAttribute("data-held")).length;
  if (held === meter.value) return;
  meter.value = held;
  passed.textContent = form.dataset.meter.replace("%(n)s", held).replace("%(all)s", rows.size);
}

form.addEventListener("input", measure);
form.addEventListener("change", measure);
