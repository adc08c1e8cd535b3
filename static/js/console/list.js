/* The list: asked for again whenever something is heard. A hit that this tab has not shown before is
   announced, and sounds; what was found looking back comes in quietly. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;

  /* A question that is not answered by then never is, and must not keep the next ones waiting. */
  var LONGEST = 15000;
  var JUST_NOW = 120000;
  var asking = null;
  var again = false;
  var filters = "";

  /* Ask for a part of the page: 204 is nothing new; a way out of the session is shown as it is. */
  page.ask = function (address, show) {
    var limit = new AbortController();
    var timer = window.setTimeout(function () { limit.abort(); }, LONGEST);
    return fetch(address, {
      headers: { "X-Background": "1" }, credentials: "same-origin", signal: limit.signal
    }).then(function (answer) {
      if (answer.redirected || answer.status === 401 || answer.status === 403) {
        window.location.reload();
        return false;
      }
      if (answer.status >= 500) throw new Error("The server could not answer.");
      return answer.status === 200 ? answer.text().then(show).then(function () { return true; }) : true;
    }).finally(function () { window.clearTimeout(timer); });
  };

  /* One question at a time; what is heard meanwhile asks once more. */
  page.refresh = function () {
    if (asking) {
      again = true;
      return asking;
    }
    var address = page.frame.dataset.list + "?have=" + page.head().dataset.fingerprint;
    if (page.open) address += "&open=" + page.open.dataset.open;
    asking = page.ask(address, show).then(function () {
      page.tell("answered");
      return true;
    }, function () {
      page.tell("unanswered");
      return false;
    }).then(function (answered) {
      asking = null;
      if (!again || !answered) return answered;
      again = false;
      return page.refresh();
    });
    return asking;
  };

  function shown() {
    return Array.from(page.list.querySelectorAll("[data-hit]"), function (link) {
      return {
        link: link,
        id: link.dataset.hit,
        priority: Number(link.dataset.priority),
        rings: link.dataset.rings === "yes",
        made: Number(link.dataset.made),
        words: link.dataset.announcement
      };
    });
  }

  function show(html) {
    var down = page.list.querySelector(".hits__scroll").scrollTop;
    var along = page.list.querySelector(".hits__list").scrollLeft;
    var focused = document.activeElement && document.activeElement.closest("#hits") ? document.activeElement : null;
    var hit = focused && focused.dataset.hit;
    page.list.innerHTML = html;
    page.list.querySelector(".hits__scroll").scrollTop = down;
    page.list.querySelector(".hits__list").scrollLeft = along;
    if (hit) {
      var same = page.list.querySelector("[data-hit='" + hit + "']");
      if (same) same.focus({ preventScroll: true });
    }
    meet();
    page.tell("listed");
  }

  /* What is new to this tab. A hit that only comes into sight (a filter is off, others are closed) is no
     news; one that was committed out of turn is. */
  function meet() {
    var head = page.head().dataset;
    var fresh = shown().filter(function (hit) { return !page.seen.has(hit.id); });
    var news = fresh.filter(function (hit) {
      var justMade = Number(head.now) - hit.made < JUST_NOW && head.filters === (filters || head.filters);
      return hit.rings && (page.seen.isFirst ? justMade : justMade || Number(hit.id) > page.seen.newest);
    });
    var isFirst = page.seen.isFirst;
    filters = head.filters;
    page.seen.add(fresh.map(function (hit) { return hit.id; }), Number(head.last));
    if (!news.length) return;
    page.sound.ring(news);
    if (isFirst) return;
    news.forEach(function (hit) { if (!hit.link.hasAttribute("aria-current")) hit.link.classList.add("hit--new"); });
    page.tell("fresh", news.length);
    announce(news);
  }

  function announce(hits) {
    var urgent = hits.some(function (hit) { return hit.priority === 1; });
    var said = hits.slice(0, 3).map(function (hit) { return hit.words; });
    if (hits.length > 3) said.push("and " + (hits.length - 3) + " more");
    (urgent ? page.sayNow : page.say)(said.join(". "));
  }

  /* On a phone the list is one row: bring the open hit into it. */
  function showCurrent() {
    var current = page.list.querySelector("[aria-current]");
    if (!current) return;
    var row = current.closest(".hits__list");
    row.scrollLeft = current.parentElement.offsetLeft - row.offsetLeft - 16;
  }

  function tick() {
    document.querySelectorAll("[data-age]").forEach(function (since) {
      since.textContent = page.words.age((Date.now() - new Date(since.getAttribute("datetime"))) / 1000);
    });
  }

  page.meet = meet;
  showCurrent();
  tick();
  window.setInterval(tick, 1000);
})();
