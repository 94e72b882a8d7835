// What may be about to be typed, as a list under the search field, which stays a search field.
// Without this file, or without an answer, the form works as it is.
(() => {
  const PAUSE = 120;
  const input = document.getElementById("q");
  const form = input && input.closest("form");
  if (!form || !form.dataset.suggest) return;

  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  list.hidden = true;
  input.parentElement.append(list);
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);

  let chosen = -1, typed = "", asked = null, timer = 0;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (number) => {
    const items = [...list.children];
    chosen = (number + items.length + 1) % (items.length + 1);
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    const item = items[chosen];
    input.value = item ? item.dataset.text : typed;
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, i) => {
      const item = document.createElement("li");
      const text = document.createElement("bdi");
      text.textContent = suggestion.text;
      const fact = document.createElement("span");
      fact.textContent = suggestion.kind === "title" ? form.dataset.title : suggestion.count.toLocaleString();
      item.append(text, fact);
      item.id = `suggestion-${i}`;
      item.className = suggestion.kind;
      item.dataset.text = suggestion.text;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      return item;
    }));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !suggestions.length;
  };

  const ask = async () => {
    typed = input.value;
    if (asked) asked.abort();
    if (!typed.trim()) return close();
    asked = new AbortController();
    try {
      const address = `${form.dataset.suggest}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal: asked.signal });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (document.activeElement === input && input.value === typed) show(found);
    } catch {
      // Another letter came, or the server is gone: what is shown stays, or nothing does.
    }
  };

  const later = (event) => {
    clearTimeout(timer);
    // While an input method composes, the field holds letters that are not meant.
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  };
  input.addEventListener("input", later);
  input.addEventListener("compositionend", later);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
    else if (event.key === "Escape") {
      input.value = typed;
      close();
    } else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    input.value = item.dataset.text;
    form.requestSubmit();
  });
  form.addEventListener("submit", close);
})();
