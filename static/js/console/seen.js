/* Which hits this tab has shown, and which this browser has sounded: so that a hit is announced once in a
   tab and sounds once in a browser, however often the page, the line or the server starts again. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;

  var MOST = 2000;
  var SEEN = "hits.seen." + page.frame.dataset.member;
  var NEWEST = "hits.newest." + page.frame.dataset.member;
  var RUNG = "hits.rung." + page.frame.dataset.member;

  function read(store, name) {
    try { return JSON.parse(store.getItem(name)) || null; } catch (wrong) { return null; }
  }

  function keep(store, name, value) {
    var kept = Array.isArray(value) ? value.slice(-MOST) : value;
    try { store.setItem(name, JSON.stringify(kept)); } catch (full) { /* It lasts as long as the page. */ }
  }

  var before = read(window.sessionStorage, SEEN);
  var seen = new Set(before || []);

  /* Claim these ids for this tab's sound: those that no tab has claimed. */
  function claim(ids) {
    var rung = read(window.localStorage, RUNG) || [];
    var known = new Set(rung);
    var mine = ids.filter(function (id) { return !known.has(id); });
    if (mine.length) keep(window.localStorage, RUNG, rung.concat(mine));
    return mine;
  }

  page.seen = {
    isFirst: before === null,
    newest: read(window.sessionStorage, NEWEST) || 0,
    has: function (id) { return seen.has(id); },
    /* These were shown, in a list whose last hit was `newest`. */
    add: function (ids, newest) {
      ids.forEach(function (id) { seen.add(id); });
      this.isFirst = false;
      this.newest = Math.max(this.newest, newest);
      keep(window.sessionStorage, SEEN, Array.from(seen));
      keep(window.sessionStorage, NEWEST, this.newest);
    },
    claim: function (ids) {
      if (!navigator.locks) return Promise.resolve(claim(ids));
      return navigator.locks.request(RUNG, function () { return claim(ids); });
    }
  };
})();
