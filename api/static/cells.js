// In a table of problems, n goes to the next outlined cell and p to the one before; beyond the last, to the next page.
// The keys count only while the focus is inside the table, so that they never disturb somebody's own.

for (const grid of document.querySelectorAll("[data-grid]")) {
  const cells = [...grid.querySelectorAll("td.cell-e, td.cell-w")];
  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !["n", "p"].includes(event.key)) return;
    event.preventDefault();
    const here = cells.findIndex((cell) => cell.contains(document.activeElement));
    const there = event.key === "n" ? here + 1 : (here < 0 ? cells.length : here) - 1;
    const cell = cells[there];
    if (!cell) return document.querySelector(`a[rel="${event.key === "n" ? "next" : "prev"}"]`)?.focus();
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}
