// Suggestions under a search box while somebody types (WAI-ARIA combobox with a list). Without this module the box
// searches as it always does.

const WAIT = 150;
const SHORTEST = 2;

class Suggesting {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.list.id = `${input.id}-suggestions`;
    this.list.className = "offers";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset.suggest);
    this.list.hidden = true;
    input.after(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());  // the box keeps the focus
    this.list.addEventListener("click", (event) => this.take(event.target.closest("li")));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.asking?.abort();
    const typed = this.input.value.trim();
    if (typed.length < SHORTEST) return this.close();
    this.asking = new AbortController();
    try {
      const answer = await fetch(`/api/v1/suggestions?q=${encodeURIComponent(typed.slice(0, 100))}`, { signal: this.asking.signal });
      if (answer.ok && this.input.value.trim() === typed) this.show((await answer.json()).items);
    } catch {
      // cut or asked anew: what was typed can be searched for without suggestions
    }
  }

  show(items) {
    this.list.replaceChildren(...items.map((words, place) => {
      const line = document.createElement("li");
      line.id = `${this.list.id}-${place}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      line.textContent = words;
      return line;
    }));
    this.mark(null);
    this.list.hidden = !items.length || document.activeElement !== this.input;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  mark(line) {
    this.marked?.setAttribute("aria-selected", "false");
    this.marked = line;
    line?.setAttribute("aria-selected", "true");
    line?.scrollIntoView({ block: "nearest" });
    if (line) this.input.setAttribute("aria-activedescendant", line.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      return this.close();
    }
    if (this.list.hidden || !this.list.children.length) return;
    const { firstElementChild: first, lastElementChild: last } = this.list;
    if (event.key === "ArrowDown") this.mark(this.marked?.nextElementSibling ?? first);
    else if (event.key === "ArrowUp") this.mark(this.marked?.previousElementSibling ?? last);
    else if (event.key === "Enter" && this.marked) this.take(this.marked);
    else return;
    event.preventDefault();
  }

  take(line) {
    if (!line) return;
    this.input.value = line.textContent;
    this.close();
    this.input.form.requestSubmit();
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.mark(null);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggesting(input);
