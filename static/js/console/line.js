/* The live line. Server-sent events say that something changed; the list is then asked for, and is the truth:
   so nothing is lost or doubled when the line breaks, the server starts again or the laptop sleeps. Behind a
   broken line the list is asked for every five seconds, and the page says since when it is broken. A line that
   says nothing may be open at this end alone: it is made again. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;

  var POLL = 5000;
  var SILENCE = 30000;
  var SLEPT = 15000;
  var BLINK = 3000;

  var stream = null;
  var watchdog = null;
  var poller = null;
  var lastHeard = null;
  var lostAt = null;
  var brokeAt = null;
  var answered = true;
  var cameIn = 0;
  var newest = 0;
  var banner = document.querySelector("[data-lost]");
  var bannerWords = banner.querySelector("[data-lost-words]");
  var bannerClose = banner.querySelector("button");

  function showLine() {
    var line = page.list.querySelector("[data-line]");
    if (!line) return;
    line.classList.toggle("is-broken", lostAt !== null);
    if (lostAt === null) {
      line.textContent = lastHeard ? "Live " + page.words.clock(lastHeard) : "Connecting";
    } else {
      line.textContent = (lastHeard ? "Not live since " + page.words.clock(lastHeard) : "Not live") +
        (answered ? ", asking every 5 s" : ", no answer");
    }
  }

  /* The banner says what stands; it changes its words only with the state, so that it is read out once. */
  function showLost() {
    if (lostAt === null || Date.now() - brokeAt < BLINK) return;
    var since = page.words.clock(lostAt);
    var words = answered
      ? "The live line is lost since " + since + ". The list is asked for every 5 seconds, so hits come in later than they should."
      : "No connection since " + since + ". No hit can come in. It is tried again every 5 seconds.";
    banner.classList.add("lost--now");
    bannerClose.hidden = true;
    banner.hidden = false;
    if (bannerWords.textContent !== words) bannerWords.textContent = words;
  }

  function heard() {
    lastHeard = new Date();
    watch();
    if (lostAt !== null) back();
    showLine();
  }

  function watch() {
    window.clearTimeout(watchdog);
    watchdog = window.setTimeout(function () { lost(); listen(); }, SILENCE);
  }

  function lost() {
    if (lostAt === null) {
      lostAt = lastHeard || new Date();
      brokeAt = Date.now();
      cameIn = 0;
      poller = window.setInterval(function () { page.refresh(); showLost(); }, POLL);
      window.setTimeout(showLost, BLINK + 100);
      page.refresh();
    }
    showLine();
  }

  function back() {
    var wasLost = lostAt;
    window.clearInterval(poller);
    lostAt = poller = null;
    page.refresh().then(function () {
      if (banner.hidden && !cameIn) return;
      var hits = cameIn === 1 ? "1 hit came in meanwhile." : (cameIn || "No") + " hits came in meanwhile.";
      bannerWords.textContent = "The live line is back after " + page.words.age((Date.now() - wasLost) / 1000) + ". " + hits;
      banner.classList.remove("lost--now");
      bannerClose.hidden = false;
      banner.hidden = false;
    });
  }

  function listen() {
    if (!window.EventSource) return lost();
    if (stream) stream.close();
    watch();
    newest = Math.max(newest, Number(page.head().dataset.last));
    stream = new EventSource(page.frame.dataset.live + "?after=" + newest);
    // Asking at each beat also shows an ended session its way out: no plate stays on an idle screen.
    ["live", "beat", "choice"].forEach(function (name) {
      stream.addEventListener(name, function () { heard(); page.refresh(); });
    });
    stream.addEventListener("hit", function (event) {
      newest = Math.max(newest, Number(event.data));
      heard();
      page.refresh();
    });
    stream.addEventListener("change", function (event) {
      heard();
      page.refresh();
      page.tell("changed", event.data);
    });
    stream.addEventListener("ended", function () {
      stream.close();
      lost();
      window.setTimeout(listen, POLL);
    });
    stream.addEventListener("error", function () {
      lost();
      if (stream.readyState === EventSource.CLOSED) window.setTimeout(listen, POLL);
    });
  }

  /* A laptop that slept, or a network that came back, has a line that only looks open. A page in the background
     is woken seldom as well, but has heard of its line meanwhile. */
  var lastTick = Date.now();
  window.setInterval(function () {
    var now = Date.now();
    var slept = now - lastTick > SLEPT && !(lastHeard && now - lastHeard < SLEPT);
    lastTick = now;
    if (slept) { lost(); listen(); }
  }, 1000);
  window.addEventListener("offline", function () { answered = false; lost(); });
  window.addEventListener("online", function () { listen(); page.refresh(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) listen(); });
  window.addEventListener("pagehide", function () { if (stream) stream.close(); });
  bannerClose.addEventListener("click", function () { banner.hidden = true; });

  page.hear("answered", function () { answered = true; showLost(); showLine(); });
  page.hear("unanswered", function () { answered = false; lost(); showLost(); });
  page.hear("fresh", function (count) { cameIn += count; });
  page.hear("listed", showLine);
  page.startLine = listen;
})();
