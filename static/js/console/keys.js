/* Single keys, as the member chose them; they can be switched off, and never act while somebody types. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;

  function go(step) {
    var hits = Array.from(page.list.querySelectorAll("[data-hit]"));
    var at = hits.findIndex(function (hit) { return hit.hasAttribute("aria-current"); });
    var next = hits[at < 0 ? 0 : at + step];
    if (next) next.click();
  }

  function press(selector) {
    var button = document.querySelector(selector);
    if (button && !button.hidden) button.click();
  }

  var ACTS = {
    same: function () { page.answer("same"); },
    differs: function () { page.answer("differs"); },
    unclear: function () { page.answer("unclear"); },
    record: function () { press("#act .button--main"); },
    next: function () { go(1); },
    previous: function () { go(-1); },
    close: function () { press("#act [data-close]"); },
    true_color: function () { press("[data-true-color]"); },
    mute: function () { press("[data-mute]"); }
  };
  /* What the pages are written with: the keys as they come, in the legends. */
  var WRITTEN = { S: "same", D: "differs", U: "unclear", ENTER: "record", J: "next", K: "previous", X: "close", C: "true_color" };

  /* "same:s differs:d" as {same: "s", differs: "d"}. */
  function keys() {
    var found = {};
    page.head().dataset.keyMap.trim().split(/\s+/).forEach(function (pair) {
      var at = pair.indexOf(":");
      found[pair.slice(0, at)] = pair.slice(at + 1);
    });
    return found;
  }

  function isOn() {
    return page.head().dataset.keys === "on";
  }

  function typing(target) {
    return target.matches("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]");
  }

  document.addEventListener("keydown", function (event) {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    var key = event.key.toLowerCase();
    var chosen = keys();
    var action = Object.keys(chosen).find(function (name) { return chosen[name] === key; });
    if (!action || typing(event.target)) return;
    if (key === "enter" && event.target.closest("a, button, summary")) return;
    event.preventDefault();
    ACTS[action]();
  });

  function written(key) {
    return key === "enter" ? "Enter" : key.toUpperCase();
  }

  page.showKeys = function () {
    var on = isOn();
    var chosen = keys();
    document.querySelectorAll(".open-hit .key, .hits .key").forEach(function (legend) {
      if (!legend.dataset.key) legend.dataset.key = WRITTEN[legend.textContent.trim().toUpperCase()] || "none";
      if (chosen[legend.dataset.key]) legend.textContent = written(chosen[legend.dataset.key]);
    });
    document.querySelectorAll("[data-keys-legend], .open-hit .button .key, .hits .button .key").forEach(function (legend) {
      legend.hidden = !on;
    });
    var button = document.querySelector("[data-keys-switch] button");
    if (!button) return;
    button.value = on ? "off" : "on";
    button.textContent = on ? "Keys on" : "Keys off";
    button.setAttribute("aria-pressed", String(on));
  };

  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-keys-switch]")) return;
    event.preventDefault();
    page.head().dataset.keys = event.submitter.value;
    page.choose(event.target, event.submitter);
    page.showKeys();
  });

  page.hear("listed", page.showKeys);
  page.showKeys();
})();
