/* The live console. Without this script every link and form works; with it new
   hits come in by themselves, single keys answer, and the verdict counts along.
   It never answers, moves or replaces anything that a person has open. */
(function () {
  "use strict";

  var POLL = 5000;
  var SILENCE = 40000;
  var BACKGROUND = { headers: { "X-Background": "1" }, credentials: "same-origin" };

  var frame = document.querySelector("[data-console]");
  if (!frame) return;
  var list = document.getElementById("hits");
  var open = document.querySelector("[data-open]");
  var announcements = document.getElementById("announcements");
  var lastHeard = null;
  var stream = null;
  var watchdog = null;
  var poller = null;

  /* Words ------------------------------------------------------------- */
  function clock(date) {
    return date.toTimeString().slice(0, 8);
  }

  function listing(words) {
    if (words.length < 2) return words.join("");
    return words.slice(0, -1).join(", ") + " and " + words[words.length - 1];
  }

  function say(words) {
    announcements.textContent = "";
    window.setTimeout(function () { announcements.textContent = words; }, 60);
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

  /* The line ----------------------------------------------------------- */
  function showLine() {
    var line = list.querySelector("[data-line]");
    if (!line) return;
    line.classList.toggle("is-broken", poller !== null);
    if (poller === null) {
      line.textContent = lastHeard ? "Live " + clock(lastHeard) : "Connecting";
    } else {
      line.textContent = (lastHeard ? "Not live since " + clock(lastHeard) : "Not live") + ", asking every 5 s";
    }
  }

  function heard() {
    lastHeard = new Date();
    if (poller !== null) {
      window.clearInterval(poller);
      poller = null;
      say("Live again.");
    }
    window.clearTimeout(watchdog);
    watchdog = window.setTimeout(broken, SILENCE);
    showLine();
  }

  function broken() {
    if (poller === null) {
      poller = window.setInterval(refresh, POLL);
      say("The live line broke. Hits are asked for every 5 seconds.");
      refresh();
    }
    showLine();
  }

  function listen() {
    if (!window.EventSource) return broken();
    if (stream) stream.close();
    stream = new EventSource(frame.dataset.live + "?after=" + listHead().dataset.last);
    stream.addEventListener("open", function () { heard(); refresh(); });
    // Asking at each beat also shows an ended session its way out: no plate stays on an idle screen.
    stream.addEventListener("beat", function () { heard(); refresh(); });
    stream.addEventListener("hit", function () { heard(); refresh(); });
    stream.addEventListener("change", function (event) {
      heard();
      refresh();
      if (open && event.data === open.dataset.open) refreshOpen();
    });
    stream.addEventListener("ended", function () {
      stream.close();
      broken();
      refresh();
    });
    stream.addEventListener("error", function () {
      broken();
      if (stream.readyState === EventSource.CLOSED) window.setTimeout(listen, POLL);
    });
  }

  /* The list ------------------------------------------------------------ */
  function listHead() {
    return list.querySelector("[data-fingerprint]");
  }

  function known() {
    return new Set(Array.from(list.querySelectorAll("[data-hit]"), function (hit) { return hit.dataset.hit; }));
  }

  function ask(address, show) {
    return fetch(address, BACKGROUND).then(function (answer) {
      if (answer.redirected || answer.status === 401 || answer.status === 403) {
        window.location.reload();
        return null;
      }
      return answer.status === 200 ? answer.text().then(show) : null;
    }).catch(function () { broken(); });
  }

  function refresh() {
    var address = frame.dataset.list + "?have=" + listHead().dataset.fingerprint;
    return ask(address + (open ? "&open=" + open.dataset.open : ""), showList);
  }

  function showList(html) {
    var before = known();
    var ul = list.querySelector(".hits__list");
    var scroll = ul.scrollTop;
    var focused = document.activeElement && document.activeElement.dataset.hit;
    list.innerHTML = html;
    list.querySelector(".hits__list").scrollTop = scroll;
    if (focused) {
      var again = list.querySelector("[data-hit='" + focused + "']");
      if (again) again.focus({ preventScroll: true });
    }
    showLine();
    showCurrent();
    var fresh = Array.from(list.querySelectorAll("[data-hit]")).filter(function (hit) {
      return !before.has(hit.dataset.hit);
    });
    fresh.forEach(function (hit) { hit.classList.add("hit--new"); });
    if (fresh.length) say(fresh.slice(0, 3).map(function (hit) { return hit.dataset.announcement; }).join(". "));
  }

  /* On a phone the list is one row: bring the open hit into it. */
  function showCurrent() {
    var ul = list.querySelector(".hits__list");
    var current = ul.querySelector("[aria-current]");
    if (current) ul.scrollLeft = current.parentElement.offsetLeft - ul.offsetLeft - 16;
  }

  function tick() {
    list.querySelectorAll(".hit__since").forEach(function (since) {
      since.textContent = age((Date.now() - new Date(since.getAttribute("datetime"))) / 1000);
    });
  }

  /* The open hit: verdict, ladder and act bar follow; the answers stay. --- */
  function refreshOpen() {
    ask(open.dataset.now, function (html) {
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
      showKeys();
    });
  }

  /* Answers ------------------------------------------------------------- */
  var form = document.getElementById("move");
  var rows = Array.from(document.querySelectorAll("[data-question]"));

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
    return listing(some.map(function (row) { return row.dataset.phrase; }));
  }

  function needWords(left, differs, before) {
    if (differs.length) return "your record of what you saw; that " + phrases(differs) + " differs shuts this hit";
    if (!left.length) return "your record of what you saw";
    return left.length === rows.length ? before : "your answers on " + phrases(left);
  }

  function answer(value) {
    var row = current();
    var choice = row && row.querySelector("input[value='" + value + "']");
    if (!choice) return;
    choice.checked = true;
    choice.focus({ preventScroll: true });
    goOn();
  }

  /* To the next row without an answer; the bar beside it says where keys go. */
  function goOn() {
    var next = rows.find(function (other) { return !answerOf(other); });
    if (next) {
      next.querySelector("input").focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
    count();
  }

  /* Keys ---------------------------------------------------------------- */
  function go(step) {
    var hits = Array.from(list.querySelectorAll("[data-hit]"));
    var at = hits.findIndex(function (hit) { return hit.hasAttribute("aria-current"); });
    var next = hits[at < 0 ? 0 : at + step];
    if (next) next.click();
  }

  function press(selector) {
    var button = document.querySelector(selector);
    if (button && !button.hidden) button.click();
  }

  var KEYS = {
    s: function () { answer("same"); },
    d: function () { answer("differs"); },
    u: function () { answer("unclear"); },
    j: function () { go(1); },
    k: function () { go(-1); },
    x: function () { press("#act [data-close]"); },
    c: function () { press("[data-true-color]"); },
    enter: function () { press("#act .button--main"); }
  };

  function typing(target) {
    return target.matches("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]");
  }

  document.addEventListener("keydown", function (event) {
    if (frame.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    var key = event.key.toLowerCase();
    if (!KEYS[key] || typing(event.target)) return;
    if (key === "enter" && event.target.closest("a, button, summary")) return;
    event.preventDefault();
    KEYS[key]();
  });

  function showKeys() {
    var on = frame.dataset.keys === "on";
    document.querySelectorAll("[data-keys-legend], .open-hit .button .key").forEach(function (legend) {
      legend.hidden = !on;
    });
    var button = document.querySelector("[data-keys-switch] button");
    if (!button) return;
    button.value = on ? "off" : "on";
    button.textContent = on ? "Keys on" : "Keys off";
    button.setAttribute("aria-pressed", String(on));
  }

  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-keys-switch]")) return;
    event.preventDefault();
    var wanted = event.submitter.value;
    var body = new FormData(event.target, event.submitter);
    fetch(event.target.action, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" });
    frame.dataset.keys = wanted;
    showKeys();
  });

  /* True color, for as long as the page stands ---------------------------- */
  document.querySelectorAll("[data-true-color]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var on = open.classList.toggle("true-color");
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
  count();
  showKeys();
  showCurrent();
  tick();
  window.setInterval(tick, 1000);
  listen();
  window.addEventListener("pagehide", function () { if (stream) stream.close(); });
})();
