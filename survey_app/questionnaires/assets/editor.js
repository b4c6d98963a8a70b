// Saves a part's form while one types, shows the linter's advice and refreshes the preview. Without it: the button.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  const state = form.querySelector("[data-state]");
  const remarks = document.querySelector("[data-remarks]");
  const preview = document.querySelector("iframe.preview");
  let timer = 0;
  let saving = false;
  let again = false;

  const show = (lines, bad) => {
    remarks.replaceChildren(
      ...lines.map((line) => {
        const p = document.createElement("p");
        p.className = bad ? "remark bad" : "remark";
        p.textContent = line;
        return p;
      }),
    );
  };

  const refresh = () => {
    if (preview && preview.contentWindow) preview.contentWindow.location.reload();
  };

  const save = async () => {
    if (saving) {
      again = true;
      return;
    }
    saving = true;
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const said = await answer.json();
      if (answer.ok) {
        form.elements.seen.value = said.seen;
        state.textContent = said.saved;
        show(said.remarks, false);
        refresh();
      } else if (said.errors) {
        state.textContent = form.dataset.failed;
        show(said.errors, true);
      } else {
        state.textContent = said.conflict || form.dataset.failed;
      }
    } catch {
      state.textContent = form.dataset.failed;
    }
    saving = false;
    if (again) {
      again = false;
      save();
    }
  };

  form.addEventListener("input", () => {
    state.textContent = form.dataset.typing;
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
})();
