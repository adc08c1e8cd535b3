/* The open hit: its picture enlarged in place, and moves that ask for nothing made without leaving the page.
   Without this script the picture is a link, and each move a form. */
(function () {
  "use strict";

  var STEP = 1.5;
  var LARGEST = 16;

  /* The picture ---------------------------------------------------------- */
  var lens = document.querySelector("[data-lens]");
  var link = document.querySelector("[data-enlarge]");

  function enlarge() {
    var view = lens.querySelector("[data-lens-view]");
    var image = lens.querySelector("[data-lens-image]");
    var said = lens.querySelector("[data-lens-scale]");
    var fit = 1;
    var scale = 1;
    var held = null;

    function room() {
      fit = Math.min(view.clientWidth / image.naturalWidth, view.clientHeight / image.naturalHeight) || 1;
    }

    /* x and y are the place of the picture, from 0 to 1, that stays in the middle. */
    function show(wanted, x, y) {
      scale = Math.min(Math.max(wanted, fit), Math.max(fit * LARGEST, LARGEST));
      image.style.width = image.naturalWidth * scale + "px";
      view.scrollLeft = x * image.offsetWidth - view.clientWidth / 2;
      view.scrollTop = y * image.offsetHeight - view.clientHeight / 2;
      said.textContent = Math.round(scale * 100) + "%";
    }

    function middle() {
      return [
        (view.scrollLeft + view.clientWidth / 2) / image.offsetWidth || 0.5,
        (view.scrollTop + view.clientHeight / 2) / image.offsetHeight || 0.5
      ];
    }

    function by(factor) {
      var at = middle();
      show(scale * factor, at[0], at[1]);
    }

    function plate() {
      if (!lens.dataset.width) return;
      var part = Number(lens.dataset.width) / 100;
      var x = Number(lens.dataset.x) / 100 + part / 2;
      var y = (Number(lens.dataset.y) + Number(lens.dataset.height) / 2) / 100;
      show(0.6 * view.clientWidth / (part * image.naturalWidth), x, y);
    }

    var DO = {
      "in": function () { by(STEP); },
      out: function () { by(1 / STEP); },
      whole: function () { show(fit, 0.5, 0.5); },
      plate: plate,
      close: function () { lens.close(); }
    };
    var KEYS = { "+": "in", "=": "in", "-": "out", "0": "whole", p: "plate", P: "plate" };

    lens.addEventListener("click", function (event) {
      var button = event.target.closest("[data-lens-do]");
      if (button) DO[button.dataset.lensDo]();
    });
    // Single keys of the console must not answer under the picture.
    lens.addEventListener("keydown", function (event) {
      event.stopPropagation();
      if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
      event.preventDefault();
      DO[KEYS[event.key]]();
    });
    view.addEventListener("pointerdown", function (event) {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      held = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
      view.setPointerCapture(event.pointerId);
      view.classList.add("is-held");
      event.preventDefault();
      view.focus();
    });
    view.addEventListener("pointermove", function (event) {
      if (!held) return;
      view.scrollLeft = held.x - event.clientX;
      view.scrollTop = held.y - event.clientY;
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      view.addEventListener(name, function () {
        held = null;
        view.classList.remove("is-held");
      });
    });
    lens.addEventListener("close", function () { link.focus(); });
    window.addEventListener("resize", function () { if (lens.open) room(); });

    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      lens.showModal();
      view.focus();
      function ready() { room(); show(fit, 0.5, 0.5); }
      if (image.getAttribute("src")) return ready();
      image.addEventListener("load", ready);
      image.src = image.dataset.source;
    });
  }

  if (lens && link && lens.showModal) enlarge();

  /* Moves without a form: the answers given so far stay. -------------------- */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-in-place]")) return;
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) return window.location.reload();
        return answer.text().then(follow);
      })
      .catch(function () { form.submit(); });
  });

  function follow(html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    ["verdict", "ladder"].forEach(function (id) {
      var now = page.getElementById(id);
      var then = document.getElementById(id);
      if (now && then) then.replaceChildren.apply(then, Array.from(now.childNodes));
    });
    var asked = document.querySelector("#act [data-in-place]");
    if (asked) asked.remove();
    document.dispatchEvent(new CustomEvent("hit:moved"));
  }
})();
