// The upload form with a large file: it goes piece by piece (tus 1.0), shows how far it is, and goes on after a cut.
// Without this module, or with a small file, the form sends the file itself.

const PIECE = 16 * 1024 * 1024;
const SMALL = 8 * 1024 * 1024;
const TRIES = 8;
const TUS = { "Tus-Resumable": "1.0.0" };

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const words = (text) => base64(new TextEncoder().encode(text));
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const memory = (file) => `upload:${file.name}:${file.size}:${file.lastModified}`;

class Refused extends Error {}

class Sending {
  constructor(file, csrf, told, signal) {
    Object.assign(this, { file, csrf, told, signal });
  }

  ask(method, address, headers, body) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open(method, address);
      const all = { ...TUS, "X-CSRF-Token": this.csrf, "Accept-Language": document.documentElement.lang, ...headers };
      for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
      if (body) request.upload.onprogress = (event) => this.told(Number(headers["Upload-Offset"]) + event.loaded);
      request.onload = () => done(request);
      request.onerror = request.ontimeout = () => failed(new Error("cut"));
      request.onabort = () => failed(new DOMException("", "AbortError"));
      this.signal.addEventListener("abort", () => request.abort(), { once: true });
      request.send(body);
    });
  }

  // The address of the upload: one of this file that was begun before, else a new one.
  async begun() {
    const known = localStorage.getItem(memory(this.file));
    if (known && (await this.ask("HEAD", known, {})).status === 200) return known;
    const told = `filename ${words(this.file.name)}` + (this.file.type ? `,filetype ${words(this.file.type)}` : "");
    const answer = await this.ask("POST", "/api/v1/uploads", { "Upload-Length": this.file.size, "Upload-Metadata": told });
    if (answer.status !== 201) throw this.why(answer);
    const address = new URL(answer.getResponseHeader("Location"), location.href).pathname;
    localStorage.setItem(memory(this.file), address);
    return address;
  }

  why(answer) {
    if (answer.status >= 500 || [409, 423, 429, 460].includes(answer.status)) return new Error("again");
    try {
      return new Refused(JSON.parse(answer.responseText).detail);
    } catch {
      return new Refused(answer.statusText);
    }
  }

  async piece(address) {
    const asked = await this.ask("HEAD", address, {});
    if (asked.status !== 200) throw this.why(asked);
    const at = Number(asked.getResponseHeader("Upload-Offset"));
    this.told(at);
    if (at >= this.file.size) return at;
    const part = this.file.slice(at, at + PIECE);
    const headers = { "Upload-Offset": at, "Content-Type": "application/offset+octet-stream" };
    if (window.crypto?.subtle) {
      headers["Upload-Checksum"] = `sha256 ${base64(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()))}`;
    }
    const answer = await this.ask("PATCH", address, headers, part);
    if (answer.status !== 204) throw this.why(answer);
    return Number(answer.getResponseHeader("Upload-Offset"));
  }

  // All pieces; gives the upload's id.
  async all(waiting) {
    const address = await this.begun();
    for (let held = -1, tries = 0; held < this.file.size; ) {
      try {
        const now = await this.piece(address);
        if (now > held) [held, tries] = [now, 0];
      } catch (wrong) {
        if (wrong instanceof Refused || wrong.name === "AbortError" || tries >= TRIES) throw wrong;
        waiting();
        await pause(Math.min(2 ** tries++, 30));
      }
    }
    localStorage.removeItem(memory(this.file));
    return address.split("/").pop();
  }
}

function show(form) {
  const [box, bar, said, stop] = ["div", "progress", "p", "button"].map((name) => document.createElement(name));
  box.className = "field";
  bar.setAttribute("aria-label", form.dataset.sending);
  said.setAttribute("role", "status");
  said.className = "hint";
  stop.type = "button";
  stop.className = "btn-2";
  stop.textContent = form.dataset.stop;
  box.append(bar, said, stop);
  form.elements.file.closest(".field").after(box);
  return { box, bar, said, stop };
}

async function send(form, file) {
  const { box, bar, said, stop } = show(form);
  const button = form.querySelector("button.btn:not([type])");
  const give = new AbortController();
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  let percent = -1;
  bar.max = file.size;
  stop.onclick = () => give.abort();
  button.disabled = true;
  const told = (held) => {
    bar.value = held;
    if (Math.floor((held / file.size) * 20) === percent) return;  // not every byte is read out
    percent = Math.floor((held / file.size) * 20);
    said.textContent = `${form.dataset.sending} ${number.format(held / 1e6)} / ${number.format(file.size / 1e6)} MB`;
  };
  try {
    const sending = new Sending(file, form.elements.csrf.value, told, give.signal);
    const upload = await sending.all(() => { percent = -1; said.textContent = form.dataset.waiting; });
    form.elements.upload.value = upload;
    form.elements.filename.value = file.name;
    form.elements.file.disabled = true;
    said.textContent = form.dataset.done;
    form.submit();
  } catch (wrong) {
    button.disabled = false;
    if (wrong.name === "AbortError") return box.remove();
    bar.remove();
    stop.remove();
    said.className = "err";
    said.textContent = wrong instanceof Refused ? wrong.message : form.dataset.failed;
  }
}

for (const form of document.querySelectorAll("form[data-sending]")) {
  let sent = false;  // a second press while the first is under way sends nothing
  addEventListener("pageshow", () => { sent = false; });
  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file || file.size <= SMALL || form.elements.upload.value) {
      if (sent) event.preventDefault();
      sent = true;
      return;
    }
    event.preventDefault();
    send(form, file);
  });
  form.elements.file.addEventListener("change", () => { form.elements.upload.value = ""; });
}
