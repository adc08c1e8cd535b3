/* The map follows the list, wherever it is in sight. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  var map = document.querySelector("[data-map]");
  if (!page || !map) return;

  function follow() {
    if (!map.offsetParent) return;
    var drawn = map.querySelector("[data-map-fingerprint]");
    var have = drawn ? "?have=" + drawn.dataset.mapFingerprint : "";
    page.ask(map.dataset.map + have, function (html) {
      var focused = document.activeElement && map.contains(document.activeElement) && document.activeElement.getAttribute("href");
      map.innerHTML = html;
      var same = focused && map.querySelector("a[href='" + focused + "']");
      if (same) same.focus({ preventScroll: true });
    }).catch(function () { page.tell("unanswered"); });
  }

  page.hear("listed", follow);
  window.addEventListener("resize", function () { if (!map.querySelector("[data-map-fingerprint]")) follow(); });
  if (!map.querySelector("[data-map-fingerprint]")) follow();
})();
