/* Changes the theme without loading the page again, so that a form half
   filled in stays. Without this script the same form posts and comes back. */
(function () {
  "use strict";

  function show(form, theme) {
    document.documentElement.dataset.theme = theme;
    form.querySelectorAll("button[name=theme]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var button = event.submitter;
    if (!form.matches("[data-theme-switch]") || !button) return;
    event.preventDefault();
    show(form, button.value);
    fetch(form.action, { method: "POST", body: new FormData(form, button), redirect: "manual" });
  });
})();
