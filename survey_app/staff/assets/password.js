// A button under each password field that shows what was typed; without script the field works as it is.
(function () {
  "use strict";
  var words = document.getElementById("show-password");
  if (!words) return;
  document.querySelectorAll("input[type=password]").forEach(function (field) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.setAttribute("aria-controls", field.id);
    button.setAttribute("aria-pressed", "false");
    button.textContent = words.dataset.show;
    button.addEventListener("click", function () {
      var shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
      button.textContent = shown ? words.dataset.show : words.dataset.hide;
    });
    field.insertAdjacentElement("afterend", button);
    // A password is never kept as plain text by the browser.
    if (field.form) field.form.addEventListener("submit", function () { field.type = "password"; });
  });
})();
