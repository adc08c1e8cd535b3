/* A table that can be walked by keys: the member's own keys for next and previous anywhere on the page, arrows
   within the table, Enter opens. Past the last row comes the next page. Single keys can be switched off. */
(function () {
  "use strict";

  var table = document.querySelector("[data-walk]");
  if (!table) return;
  var on = table.dataset.keys === "on";
  var legend = document.querySelector("[data-walk-legend]");
  if (legend) legend.hidden = !on;

  function rows() {
    return Array.from(table.querySelectorAll("[data-row]"));
  }

  function at() {
    var row = document.activeElement && document.activeElement.closest("tr");
    return rows().findIndex(function (link) { return row && row.contains(link); });
  }

  function show(link) {
    link.focus({ preventScroll: true });
    link.closest("tr").scrollIntoView({ block: "nearest" });
  }

  function go(step) {
    var all = rows();
    var now = at();
    var next = all[now < 0 ? 0 : now + step];
    if (next) {
      show(next);
      return;
    }
    var page = document.querySelector("[data-page=" + (step > 0 ? "next" : "previous") + "]");
    if (page) page.focus();
  }

  function typing(target) {
    return target.matches("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]");
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    var steps = { ArrowDown: 1, ArrowUp: -1 };
    var step = at() >= 0 ? steps[event.key] : undefined;
    if (at() >= 0 && event.key === "Home") step = -at();
    if (at() >= 0 && event.key === "End") step = rows().length - 1 - at();
    if (on && event.key.toLowerCase() === table.dataset.next) step = 1;
    if (on && event.key.toLowerCase() === table.dataset.previous) step = -1;
    if (step === undefined) return;
    event.preventDefault();
    go(step);
  });

  /* A press anywhere in a row opens it, but for what is a link itself. */
  table.addEventListener("click", function (event) {
    var row = event.target.closest("tbody tr");
    var link = row && row.querySelector("[data-row]");
    if (link && !event.target.closest("a") && !String(window.getSelection())) link.click();
  });
})();
