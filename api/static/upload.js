// The upload form with a large file: it goes piece by piece (tus 1.0), shows how far it is, and goes on after a cut.
// Without this module, or with a small file, the form sends the file itself.

const SMALL = 1024 * 1024;
const [LEAST, MOST] = [256 * 1024, 16 * 1024 * 1024];  // a piece: what a line carries in a few seconds
const QUICK = 4000, SLOW = 15000;
const TRIES = 8;
const TUS = { "Tus-Resumable": "1.0.0" };

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const words = (text) => base64(new TextEncoder().encode(text));
// A pause that a line which comes back ends at once.
const pause = (seconds) => new Promise((done) => {
  setTimeout(done, seconds * 1000);
  addEventListener("online", done, { once: true });
});
// Not form.dataset: a field of this form is called dataset, and stands there in its place.
const wordOf = (form, name) => form.getAttribute(`data-${name}`);
const PREFIX = "upload:";
const memory = (file) => `${PREFIX}${file.name}:${file.size}:${file.lastModified}`;

// What the browser remembers, where it may: in a private window it may not.
const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* then nothing is gone on with after a reload */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
  all() { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
};

class Refused extends Error {}
class Over extends Error {}  // the session ended meanwhile
class Lost extends Error {}  // what was begun is no longer there

class Sending {
  constructor(file, csrf, told, signal) {
    Object.assign(this, { file, csrf, told, signal, size: SMALL });
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
    const known = store.get(memory(this.file));
    if (known && (await this.ask("HEAD", known, {})).status === 200) return known;
    const told = `filename ${words(this.file.name)}` + (this.file.type ? `,filetype ${words(this.file.type)}` : "");
    const answer = await this.ask("POST", "/api/v1/uploads", { "Upload-Length": this.file.size, "Upload-Metadata": told });
    if (answer.status !== 201) throw this.why(answer);
    const address = new URL(answer.getResponseHeader("Location"), location.href).pathname;
    store.set(memory(this.file), address);
    return address;
  }

  why(answer) {
    if (answer.status === 401 || answer.status === 403) return new Over();
    if (answer.status === 404 || answer.status === 410) return new Lost();
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
    const part = this.file.slice(at, at + this.size);
    const begun = performance.now();
    const headers = { "Upload-Offset": at, "Content-Type": "application/offset+octet-stream" };
    if (window.crypto?.subtle) {
      headers["Upload-Checksum"] = `sha256 ${base64(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()))}`;
    }
    const answer = await this.ask("PATCH", address, headers, part);
    if (answer.status !== 204) throw this.why(answer);
    const took = performance.now() - begun;
    if (took < QUICK) this.size = Math.min(this.size * 2, MOST);
    if (took > SLOW) this.size = Math.max(this.size / 2, LEAST);
    return Number(answer.getResponseHeader("Upload-Offset"));
  }

  // All pieces; gives the upload's id.
  async all(waiting) {
    let address = "";
    for (let held = -1, tries = 0; held < this.file.size; ) {
      try {
        address ||= await this.begun();
        const now = await this.piece(address);
        if (now > held) [held, tries] = [now, 0];
      } catch (wrong) {
        if (wrong instanceof Refused || wrong instanceof Over || wrong.name === "AbortError" || tries >= TRIES) throw wrong;
        if (wrong instanceof Lost) {  // another tab sent it, or it was too old: from the beginning
          store.drop(memory(this.file));
          [address, held] = ["", -1];
        }
        this.size = Math.max(this.size / 2, LEAST);
        waiting();
        await pause(Math.min(2 ** tries++, 30));
      }
    }
    store.drop(memory(this.file));
    return address.split("/").pop();
  }
}

function show(form) {
  const [box, bar, said, stop] = ["div", "progress", "p", "button"].map((name) => document.createElement(name));
  box.className = "field";
  bar.setAttribute("aria-label", wordOf(form, "sending"));
  said.setAttribute("role", "status");
  said.className = "hint";
  stop.type = "button";
  stop.className = "btn-2";
  stop.textContent = wordOf(form, "stop");
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
    said.textContent = `${wordOf(form, "sending")} ${number.format(held / 1e6)} / ${number.format(file.size / 1e6)} MB`;
  };
  try {
    const sending = new Sending(file, form.elements.csrf.value, told, give.signal);
    const upload = await sending.all(() => { percent = -1; said.textContent = wordOf(form, "waiting"); });
    form.elements.upload.value = upload;
    form.elements.filename.value = file.name;
    form.elements.file.disabled = true;
    said.textContent = wordOf(form, "done");
    form.submit();
  } catch (wrong) {
    button.disabled = false;
    if (wrong.name === "AbortError") return box.remove();
    if (wrong instanceof Over) {  // the form goes without the file: what was typed comes back after signing in
      form.elements.file.disabled = true;
      return form.submit();
    }
    bar.remove();
    stop.remove();
    said.className = "err";
    said.textContent = wrong instanceof Refused ? wrong.message : wordOf(form, "failed");
  }
}

// What was begun here and not finished: its name, and how much of it has come.
async function unfinished(form) {
  for (const key of store.all()) {
    const answer = await fetch(store.get(key), { method: "HEAD", headers: TUS }).catch(() => null);
    if (!answer) return;
    const [held, size] = ["Upload-Offset", "Upload-Length"].map((name) => Number(answer.headers.get(name)));
    if (answer.status !== 200 || !size) {
      if (answer.status === 404 || answer.status === 410) store.drop(key);
      continue;
    }
    const said = document.createElement("p");
    said.className = "hint";
    said.textContent = wordOf(form, "half").replace("{name}", `\u2068${key.slice(PREFIX.length).split(":").slice(0, -2).join(":")}\u2069`)
      .replace("{n}", Math.floor((held / size) * 100));
    return form.elements.file.before(said);
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
  if (wordOf(form, "half")) unfinished(form);
}
