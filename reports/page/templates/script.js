"use strict";
(() => {
  const root = document.documentElement;
  const entries = [...document.querySelectorAll("[data-verdict]")];
  const form = document.getElementById("filters");
  const fields = [...form.querySelectorAll("[name]")];
  const shown = document.getElementById("shown");
  const none = document.getElementById("none-shown");

  // Theme ---------------------------------------------------------------------------------------------

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const toggle = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const showTheme = () => {
    toggle.textContent = isDark() ? "Light" : "Dark";
    toggle.setAttribute("aria-label", isDark() ? "Use the light theme" : "Use the dark theme");
  };
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("transfer-claims-theme", root.dataset.theme);
    } catch { /* kept for this visit alone */ }
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();

  // Filters: the address keeps them, in its query ---------------------------------------------------------

  const wanted = () => Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value));

  const matches = (entry, filter) =>
    (!filter.verdict || entry.dataset.verdict === filter.verdict) &&
    (!filter.kind || entry.dataset.kind === filter.kind) &&
    (!filter.provenance || entry.dataset.provenance.split(" ").includes(filter.provenance)) &&
    (filter.q || "").toLowerCase().split(/\s+/).every((word) => entry.dataset.search.includes(word));

  const target = () => {
    try {
      const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      return found && found.matches("[data-verdict]") ? found : null;
    } catch {
      return null; // an address that is not well formed
    }
  };

  const apply = () => {
    const filter = wanted();
    const linked = target();
    let count = 0;
    for (const entry of entries) {
      const matching = matches(entry, filter);
      count += matching;
      entry.hidden = !matching && entry !== linked;
      entry.classList.toggle("beside-filter", !matching && entry === linked);
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = ![...group.querySelectorAll("[data-verdict]")].some((entry) => !entry.hidden);
    }
    shown.textContent = `${count} of ${entries.length} shown`;
    none.hidden = count > 0;
    for (const link of document.querySelectorAll("[data-sets]")) {
      const active = filter.verdict === link.dataset.sets;
      if (active) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    form.classList.toggle("active", Object.keys(filter).length > 0);
  };

  const keep = (hash) => {
    const query = new URLSearchParams(wanted()).toString();
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${hash}`);
  };

  const read = () => {
    const query = new URLSearchParams(location.search);
    for (const field of fields) {
      const value = query.get(field.name) ?? "";
      const known = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value);
      field.value = known ? value : "";
    }
  };

  form.addEventListener("input", () => {
    keep("");
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () =>
    setTimeout(() => {
      for (const field of fields) field.value = "";
      keep("");
      apply();
    }),
  );
  for (const link of document.querySelectorAll("[data-sets]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return; // another window
      event.preventDefault();
      const filter = { ...wanted(), verdict: link.dataset.sets };
      for (const field of fields) field.value = filter[field.name] ?? "";
      keep("#statements");
      apply();
      document.getElementById("statements").scrollIntoView();
      document.getElementById("statements").focus({ preventScroll: true });
    });
  }

  // A link to a claim shows it, whatever the filter, and opens its evidence ----------------------------

  const follow = () => {
    apply();
    const linked = target();
    if (!linked) return;
    for (const details of linked.querySelectorAll(":scope > .body > details")) details.open = true;
    linked.scrollIntoView();
    linked.focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  addEventListener("popstate", () => {
    read();
    apply();
  });
  read();
  apply();
  if (target()) addEventListener("load", follow);

  // Everything open -------------------------------------------------------------------------------------

  const opener = document.getElementById("open-all");
  opener.addEventListener("click", () => {
    const open = opener.getAttribute("aria-pressed") !== "true";
    for (const details of document.querySelectorAll("article > .body > details")) details.open = open;
    opener.setAttribute("aria-pressed", String(open));
    opener.textContent = open ? "Close all evidence" : "Open all evidence";
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });

  // Commands to copy --------------------------------------------------------------------------------------

  const copied = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(code); // what a reader then copies by hand
      return false;
    }
  };
  for (const code of document.querySelectorAll("code.command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${code.textContent.slice(0, 60)}`);
    button.addEventListener("click", async () => {
      button.textContent = (await copied(code)) ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    code.after(button);
  }

  // The graph: what a claim rests on, and what rests on it ----------------------------------------------

  const graph = document.getElementById("graph-of-claims");
  const light = (id) => {
    const near = new Set([id]);
    for (const edge of graph.querySelectorAll("path[data-used]")) {
      const touching = id && (edge.dataset.used === id || edge.dataset.by === id);
      edge.classList.toggle("lit", Boolean(touching));
      if (touching) near.add(edge.dataset.used).add(edge.dataset.by);
    }
    for (const node of graph.querySelectorAll("a")) node.classList.toggle("near", Boolean(id) && near.has(node.dataset.id));
    graph.classList.toggle("lit", Boolean(id));
  };
  for (const node of graph.querySelectorAll("a")) {
    for (const event of ["mouseenter", "focus"]) node.addEventListener(event, () => light(node.dataset.id));
    for (const event of ["mouseleave", "blur"]) node.addEventListener(event, () => light(""));
  }
})();
