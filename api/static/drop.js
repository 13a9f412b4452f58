// A field that takes a file can also be given one by dropping it anywhere on it; what was chosen is said with its size.
// Without this module the browser's own button is all there is, and it is enough.

const TABLES = /\.(csv|tsv|txt|tab|xlsx|xls|ods|json|geojson|ndjson|jsonl|parquet|zip|gz)$/i;

function dress(field) {
  // The page bears both lines already, so that nothing moves when this module comes.
  const [input, said] = [field.querySelector("input[type=file]"), field.querySelector("[role=status]")];
  let depth = 0;
  field.classList.add("drop");
  const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const over = (inside) => { depth = Math.max(depth + (inside ? 1 : -1), 0); field.classList.toggle("over", depth > 0); };
  field.addEventListener("dragenter", (event) => { if (files(event)) { event.preventDefault(); over(true); } });
  field.addEventListener("dragleave", (event) => { if (files(event)) over(false); });
  field.addEventListener("dragover", (event) => { if (files(event)) event.preventDefault(); });
  field.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth = 0;
    field.classList.remove("over");
    const given = new DataTransfer();
    if (!event.dataTransfer.files.length) return;
    given.items.add(event.dataTransfer.files[0]);
    input.files = given.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  const tell = () => {
    const file = input.files[0];
    // Made when a file is there: a browser takes long to make one, and a page is not held up by it.
    const number = file && new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    const wrong = file && field.dataset.wrong && !TABLES.test(file.name);
    said.classList.toggle("err", Boolean(wrong));
    if (!file) said.textContent = "";
    else if (wrong) said.textContent = field.dataset.wrong;
    else said.textContent = `${field.dataset.chosen} \u2068${file.name}\u2069, ${file.size < 1e5 ? `${number.format(file.size / 1e3)} kB` : `${number.format(file.size / 1e6)} MB`}`;
  };
  input.addEventListener("change", tell);
  tell();
}

for (const field of document.querySelectorAll("[data-drop]")) dress(field);
