/* Sound and filters beside the list: each choice is kept by the server, and the list then says what holds. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;

  var mute = document.querySelector("[data-mute]");
  var filters = document.querySelector("[data-filters]");
  var wasFiltering = false;

  page.choose = function (form, button) {
    var body = new FormData(form, button);
    return fetch(form.action, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" })
      .then(page.refresh, function () { page.tell("unanswered"); });
  };

  function showState() {
    var data = page.head().dataset;
    var muted = Number(data.mutedUntil) > Date.now() || Number(data.highMutedUntil) > Date.now();
    mute.value = muted ? "unmute" : "mute";
    mute.querySelector("[data-mute-words]").textContent = muted ? "Unmute" : "Mute";
    mute.setAttribute("aria-pressed", String(muted));
    mute.classList.toggle("is-muted", muted);
    if (wasFiltering && data.filtering !== "yes") {
      filters.querySelectorAll("input[type=checkbox]").forEach(function (box) { box.checked = false; });
    }
    wasFiltering = data.filtering === "yes";
  }

  /* A silence that ends is asked for once, so that every console says so at the same time. */
  var told = "";
  window.setInterval(function () {
    var data = page.head().dataset;
    var over = [data.mutedUntil, data.highMutedUntil].some(function (end) { return end && Number(end) <= Date.now(); });
    if (!over || told === data.fingerprint) return;
    told = data.fingerprint;
    page.refresh();
  }, 1000);

  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-choice]")) return;
    event.preventDefault();
    page.choose(event.target, event.submitter);
    if (event.target === filters) event.target.closest("details").open = false;
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-volume-slider]")) event.target.form.requestSubmit(event.target.form.querySelector("[value=volume]"));
  });
  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-volume-slider]")) event.target.nextElementSibling.textContent = event.target.value;
  });
  document.addEventListener("click", function (event) {
    var test = event.target.closest("[data-test]");
    if (test) page.sound.test(Number(test.dataset.test));
  });

  /* One panel at a time; Escape shuts it and gives the focus back. */
  var panels = Array.from(document.querySelectorAll(".tool"));
  panels.forEach(function (panel) {
    panel.addEventListener("toggle", function () {
      if (panel.open) panels.forEach(function (other) { if (other !== panel) other.open = false; });
    });
  });
  document.addEventListener("keydown", function (event) {
    var open = panels.find(function (panel) { return panel.open; });
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  page.hear("rang", function () {
    var last = document.querySelector("[data-last-rang]");
    if (last) last.textContent = "Last sounded " + page.words.clock(new Date()) + ".";
  });
  page.hear("listed", showState);
  showState();
})();
