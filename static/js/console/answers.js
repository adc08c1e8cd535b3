/* The open hit: verdict, ladder and act bar follow what others do; the answers given so far stay and are
   counted in the verdict. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;

  var form = document.getElementById("move");
  var rows = Array.from(document.querySelectorAll("[data-question]"));

  function refreshOpen() {
    page.ask(page.open.dataset.now, function (html) {
      var parts = new DOMParser().parseFromString(html, "text/html");
      ["verdict", "ladder", "act"].forEach(function (id) {
        var now = parts.getElementById(id);
        var then = document.getElementById(id);
        if (!now || !then) return;
        if (id !== "verdict") return then.replaceWith(now);
        then.className = now.className;
        then.replaceChildren.apply(then, Array.from(now.childNodes));
      });
      count();
      page.showKeys();
    }).catch(function () { page.tell("unanswered"); });
  }

  function answerOf(row) {
    return row.querySelector("input[type=radio]:checked");
  }

  function current() {
    var focused = document.activeElement && document.activeElement.closest("[data-question]");
    return focused || rows.find(function (row) { return !answerOf(row); }) || null;
  }

  function count() {
    if (!rows.length) return;
    var left = rows.filter(function (row) { return !answerOf(row); });
    var differs = rows.filter(function (row) { var a = answerOf(row); return a && a.value === "differs"; });
    var counted = document.querySelector("[data-count]");
    if (counted) {
      counted.hidden = false;
      counted.textContent = rows.length - left.length + " of " + rows.length + " answers given.";
    }
    var need = document.querySelector("#verdict [data-need='seen']");
    if (need && !need.dataset.before) need.dataset.before = need.textContent;
    if (need) need.textContent = needWords(left, differs, need.dataset.before);
    var next = current();
    rows.forEach(function (row) { row.classList.toggle("is-open", row === next); });
  }

  function phrases(some) {
    return page.words.listing(some.map(function (row) { return row.dataset.phrase; }));
  }

  function needWords(left, differs, before) {
    if (differs.length) return "your record of what you saw; that " + phrases(differs) + " differs shuts this hit";
    if (!left.length) return "your record of what you saw";
    return left.length === rows.length ? before : "your answers on " + phrases(left);
  }

  page.answer = function (value) {
    var row = current();
    var choice = row && row.querySelector("input[value='" + value + "']");
    if (!choice) return;
    choice.checked = true;
    choice.focus({ preventScroll: true });
    goOn();
  };

  /* To the next row without an answer; the bar beside it says where keys go. */
  function goOn() {
    var next = rows.find(function (other) { return !answerOf(other); });
    if (next) {
      next.querySelector("input").focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
    count();
  }

  /* True color, for as long as the page stands. */
  document.querySelectorAll("[data-true-color]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var on = page.open.classList.toggle("true-color");
      button.setAttribute("aria-pressed", String(on));
    });
  });

  if (form) {
    form.addEventListener("change", count);
    form.addEventListener("click", function (event) {
      if (event.detail > 0 && event.target.matches("[data-question] input")) goOn();
    });
  }
  document.addEventListener("focusin", count);
  document.addEventListener("hit:moved", count);
  page.hear("changed", function (id) { if (page.open && id === page.open.dataset.open) refreshOpen(); });
  count();
})();
