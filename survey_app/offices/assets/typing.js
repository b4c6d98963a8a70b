// Suggestions while a unit is typed, and an office's code made from its name until somebody writes one.
"use strict";
(() => {
  const field = document.querySelector("[data-suggest]");
  const list = field && document.getElementById(field.getAttribute("list"));
  if (list && !list.options.length) {
    let waiting = 0;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      const words = field.value.trim();
      if (words.length < 2) return;
      waiting = setTimeout(async () => {
        const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}`).catch(() => null);
        if (!answer || !answer.ok || field.value.trim() !== words) return;
        list.replaceChildren(...(await answer.json()).map((one) => {
          const option = document.createElement("option");
          option.value = one.value;
          option.label = one.label;
          return option;
        }));
      }, 200);
    });
  }
  const name = document.getElementById("name");
  const code = document.getElementById("code");
  if (!name || !code || code.value) return;
  let own = false;
  code.addEventListener("input", () => { own = code.value !== ""; });
  name.addEventListener("input", () => {
    if (own) return;
    const bare = name.value.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    code.placeholder = bare.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 58);
  });
})();
