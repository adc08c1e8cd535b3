/* The dispatcher's queue: waits count on, what officers ask comes in by itself, and what a dispatcher has
   begun to type is never replaced. Without this script the page is as it was when it was asked for. */
(function () {
  "use strict";

  var POLL = 3000;
  /* A question that is not answered by then never is. */
  var LONGEST = 9000;
  var queue = document.querySelector("[data-dispatch]");
  if (!queue) return;
  var announcements = document.getElementById("announcements");
  var line = document.querySelector("[data-dispatch-line]");
  var ahead = Date.now() - new Date(queue.dataset.now).getTime();
  var lost = false;

  function age(seconds) {
    var minutes = Math.floor(seconds / 60);
    var hours = Math.floor(minutes / 60);
    if (minutes < 1) return Math.max(0, Math.floor(seconds)) + " s";
    if (hours < 1) return minutes + " min " + Math.floor(seconds % 60) + " s";
    return hours + " h " + (minutes % 60) + " min";
  }

  /* By the server's clock, whatever this machine's says. */
  function tick() {
    queue.querySelectorAll("[data-since]").forEach(function (since) {
      since.textContent = age((Date.now() - ahead - new Date(since.getAttribute("datetime"))) / 1000);
    });
  }

  function say(words) {
    announcements.textContent = "";
    window.setTimeout(function () { announcements.textContent = words; }, 60);
  }

  function heard(answer) {
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      window.location.reload();
      return null;
    }
    if (answer.status >= 500) throw new Error("The server could not answer.");
    if (lost) say("Live again.");
    lost = false;
    line.textContent = "Asked every 3 s, last " + new Date().toTimeString().slice(0, 8);
    return answer.status === 200 ? answer.text().then(show) : null;
  }

  function broken() {
    if (!lost) say("The line is lost. What officers ask now does not appear.");
    lost = true;
    line.textContent = "Line lost: what officers ask now does not appear";
  }

  function refresh() {
    var have = queue.querySelector("[data-fingerprint]").dataset.fingerprint;
    var limit = new AbortController();
    var timer = window.setTimeout(function () { limit.abort(); }, LONGEST);
    return fetch(queue.dataset.dispatch + "?have=" + have, {
      headers: { "X-Background": "1" }, credentials: "same-origin", signal: limit.signal
    }).then(heard).catch(broken).finally(function () { window.clearTimeout(timer); });
  }

  function isBegun(row) {
    if (row.contains(document.activeElement)) return true;
    return Array.from(row.querySelectorAll("input")).some(function (input) {
      return input.type === "radio" ? input.checked : input.type === "text" && input.value;
    });
  }

  function rows(root) {
    return new Map(Array.from(root.querySelectorAll("[data-asked]"), function (row) {
      return [row.dataset.asked, row];
    }));
  }

  function show(html) {
    var now = new DOMParser().parseFromString(html, "text/html");
    var kept = rows(queue);
    var fresh = rows(now);
    var arrived = 0;
    fresh.forEach(function (row, key) {
      if (kept.has(key)) row.replaceWith(kept.get(key));
      else arrived += 1;
    });
    var list = now.querySelector("[data-waiting]");
    kept.forEach(function (row, key) {
      if (fresh.has(key) || !isBegun(row)) return;
      row.classList.add("is-gone");
      row.querySelector("[data-gone]").hidden = false;
      list.appendChild(row);
    });
    var focused = document.activeElement && document.activeElement.id;
    queue.replaceChildren.apply(queue, Array.from(now.body.childNodes));
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    if (arrived) say(arrived === 1 ? "An officer asks." : arrived + " officers ask.");
    tick();
  }

  /* Keys: J and K go from one that waits to the next. */
  document.addEventListener("keydown", function (event) {
    if (queue.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=text], textarea, select")) return;
    var step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    var waiting = Array.from(queue.querySelectorAll("[data-asked]:not(.is-gone)"));
    var at = waiting.indexOf(event.target.closest("[data-asked]"));
    var next = waiting[at < 0 ? 0 : at + step];
    if (next && next.querySelector("input[type=radio]")) next.querySelector("input[type=radio]").focus();
    event.preventDefault();
  });

  /* The live line tells at once; asking every few seconds stands behind it. */
  function listen() {
    if (!window.EventSource || !queue.dataset.live) return;
    var stream = new EventSource(queue.dataset.live);
    ["change", "hit"].forEach(function (name) { stream.addEventListener(name, refresh); });
    stream.addEventListener("ended", function () { stream.close(); refresh(); });
    window.addEventListener("pagehide", function () { stream.close(); });
  }

  tick();
  window.setInterval(tick, 1000);
  window.setInterval(refresh, POLL);
  listen();
})();
