/* The alert sound: a short tone of its own for each priority. Nothing sounds before the browser allows it,
   and the page says so. High priority is silent for ten minutes at most and never quieter than its least. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  var Context = window.AudioContext || window.webkitAudioContext;
  if (!page) return;

  /* Notes as hertz, start and length in seconds. */
  var TONES = {
    1: [[880, 0, 0.14], [1318, 0.16, 0.14], [880, 0.36, 0.14], [1318, 0.52, 0.14], [880, 0.72, 0.14], [1318, 0.88, 0.2]],
    2: [[659, 0, 0.16], [880, 0.18, 0.24]],
    3: [[440, 0, 0.22]]
  };
  /* What came while the browser held the sound back sounds once it lets it through, if that is soon. */
  var LATEST = 120000;
  var heldBack = [];
  var context = null;

  function state() {
    var data = page.head().dataset;
    var now = Date.now();
    return {
      volume: Number(data.volume),
      least: Number(data.leastHigh),
      muted: Number(data.mutedUntil) > now,
      highMuted: Number(data.highMutedUntil) > now
    };
  }

  function isRunning() {
    return Boolean(context) && context.state === "running";
  }

  function start() {
    if (!Context) return;
    if (!context) {
      context = new Context();
      context.addEventListener("statechange", showBlocked);
    }
    if (context.state !== "running") context.resume().then(showBlocked, showBlocked);
    showBlocked();
  }

  function showBlocked() {
    var said = document.querySelector("[data-blocked]");
    if (said) said.hidden = isRunning();
    if (!isRunning() || !heldBack.length) return;
    var late = heldBack.filter(function (hit) { return Date.now() - hit.heldAt < LATEST; });
    heldBack = [];
    ring(late);
  }

  function loudness(priority) {
    var now = state();
    return (priority === 1 ? Math.max(now.volume, now.least) : now.volume) / 100;
  }

  function play(priority) {
    var start = context.currentTime + 0.02;
    var gain = context.createGain();
    gain.gain.value = Math.pow(loudness(priority), 2) * 0.8;
    gain.connect(context.destination);
    TONES[priority].forEach(function (note) {
      var tone = context.createOscillator();
      var edge = context.createGain();
      var at = start + note[1];
      tone.type = priority === 1 ? "square" : "triangle";
      tone.frequency.value = note[0];
      edge.gain.setValueAtTime(0, at);
      edge.gain.linearRampToValueAtTime(priority === 1 ? 0.5 : 1, at + 0.015);
      edge.gain.setValueAtTime(priority === 1 ? 0.5 : 1, at + note[2] - 0.03);
      edge.gain.linearRampToValueAtTime(0, at + note[2]);
      tone.connect(edge).connect(gain);
      tone.start(at);
      tone.stop(at + note[2] + 0.02);
    });
  }

  /* Sound once for these hits, as the most urgent of them that is not muted. */
  function ring(hits) {
    if (!isRunning()) {
      hits.forEach(function (hit) { hit.heldAt = Date.now(); });
      heldBack = heldBack.concat(hits);
      return;
    }
    var now = state();
    var loud = hits.filter(function (hit) { return hit.priority === 1 ? !now.highMuted : !now.muted; });
    if (!loud.length) return;
    page.seen.claim(loud.map(function (hit) { return hit.id; })).then(function (ids) {
      var mine = loud.filter(function (hit) { return ids.indexOf(hit.id) >= 0; });
      if (!mine.length) return;
      var priority = Math.min.apply(null, mine.map(function (hit) { return hit.priority; }));
      play(priority);
      page.tell("rang", { ids: ids, priority: priority });
    });
  }

  page.sound = {
    ring: ring,
    test: function (priority) {
      start();
      if (context) context.resume().then(function () { play(priority); showBlocked(); });
    },
    state: state
  };

  ["pointerdown", "keydown"].forEach(function (gesture) {
    document.addEventListener(gesture, function () { if (!isRunning()) start(); });
  });
  document.addEventListener("visibilitychange", function () { if (context && !document.hidden && !isRunning()) start(); });
  start();
})();
