// A button beside each piece of code that copies it. Without this module, and where the browser lets no page copy, the
// code is there to be selected as ever.

function selected(one) {
  const range = document.createRange();
  range.selectNodeContents(one);
  const held = getSelection();
  held.removeAllRanges();
  held.addRange(range);
  return document.execCommand("copy");
}

async function copied(one) {
  try {
    await navigator.clipboard.writeText(one.textContent);
    return true;
  } catch {  // no secure address, or not allowed: what is selected can still be copied by hand
    return selected(one);
  }
}

for (const part of document.querySelectorAll("[data-copy]")) {
  const heard = document.createElement("span");
  heard.className = "vh";
  heard.setAttribute("role", "status");
  part.append(heard);
  for (const one of part.querySelectorAll("pre, .cited")) {
    const button = document.createElement("button");
    const name = document.createElement("span");
    button.type = "button";
    button.className = "btn-2 sm noprint";
    name.className = "vh";
    name.textContent = ` ${one.getAttribute("aria-label") || part.dataset.what || ""}`;
    button.append(part.dataset.copy, name);
    button.addEventListener("click", async () => {
      if (!await copied(one)) return;
      button.firstChild.data = heard.textContent = part.dataset.copied;
      setTimeout(() => { button.firstChild.data = part.dataset.copy; heard.textContent = ""; }, 3000);
    });
    if (one.tagName === "PRE") one.before(button);
    else one.after(button);
  }
}
