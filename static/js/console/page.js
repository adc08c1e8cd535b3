/* The live console, first of its scripts: the parts of the page, words, and what is said aloud. Without
   these scripts every link and form works; with them hits come in by themselves, sound, and are shown on the
   map, and single keys answer. They never answer, move or replace anything that a person has open. */
(function () {
  "use strict";

  var frame = document.querySelector("[data-console]");
  if (!frame) return;

  var polite = document.getElementById("announcements");
  var assertive = document.getElementById("alerts");

  /* The department's time, as everywhere on the page, whatever this machine's zone is. */
  function clock(date) {
    return date.toLocaleTimeString("en-GB", { timeZone: frame.dataset.zone });
  }

  function listing(words) {
    if (words.length < 2) return words.join("");
    return words.slice(0, -1).join(", ") + " and " + words[words.length - 1];
  }

  function age(seconds) {
    var minutes = Math.floor(seconds / 60);
    var hours = Math.floor(minutes / 60);
    if (minutes < 1) return Math.max(0, Math.floor(seconds)) + " s";
    if (minutes < 5) return minutes + " min" + (seconds % 60 >= 1 ? " " + Math.floor(seconds % 60) + " s" : "");
    if (hours < 1) return minutes + " min";
    if (hours < 24) return hours + " h" + (minutes % 60 ? " " + (minutes % 60) + " min" : "");
    return hours < 48 ? hours + " h" : Math.floor(hours / 24) + " d";
  }

  function speak(region, words) {
    region.textContent = "";
    window.setTimeout(function () { region.textContent = words; }, 60);
  }

  window.hitsConsole = {
    frame: frame,
    list: document.getElementById("hits"),
    open: document.querySelector("[data-open]"),
    words: { clock: clock, listing: listing, age: age },
    say: function (words) { speak(polite, words); },
    sayNow: function (words) { speak(assertive, words); },
    head: function () { return this.list.querySelector("[data-fingerprint]"); },
    tell: function (name, detail) { document.dispatchEvent(new CustomEvent("console:" + name, { detail: detail })); },
    hear: function (name, act) {
      document.addEventListener("console:" + name, function (event) { act(event.detail); });
    }
  };
})();
