"use strict";
(() => {
  const form = document.getElementById("search");
  const rows = [...document.querySelectorAll("#list tbody tr")];
  if (!form || !rows.length) return;
  const box = document.getElementById("q");
  const selects = [...form.querySelectorAll("select")];
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const list = document.getElementById("list");
  const found = rows.map((row) => ({
    row,
    text: (row.dataset.s || "").normalize("NFKC").toLowerCase(),
    keys: new Set((row.dataset.k || "").split(" ")),
  }));

  const show = () => {
    const words = box.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = selects.map((select) => select.value).filter(Boolean);
    let shown = 0;
    for (const { row, text, keys } of found) {
      const fits = words.every((word) => text.includes(word)) && chosen.every((key) => keys.has(key));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    none.hidden = shown > 0;
    list.hidden = shown === 0;
    count.textContent = shown === rows.length ? `共${shown}项` : `共${rows.length}项，符合条件${shown}项`;
  };

  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  form.addEventListener("reset", () => { setTimeout(() => { show(); box.focus(); }); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.value = ""; show(); }
  });
  form.hidden = false;
  show();
})();
