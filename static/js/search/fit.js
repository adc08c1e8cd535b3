/* Says while the form is filled in whether the search needs a second person. Without it the page says so once
   the form is sent, and asks again. */
(function () {
  "use strict";

  var form = document.querySelector("[data-fit-address]");
  if (!form) return;
  var WAIT = 600;
  var QUESTION = /^(plate|make|model|color|body|since|until|latitude|area)$/;
  var fit = form.querySelector("[data-fit]");
  var ask = form.querySelector("[data-ask]");
  var button = form.querySelector("[data-alone]");
  var timer = null;
  var asked = 0;

  function show(html, number) {
    if (number !== asked) return;
    if (fit.innerHTML !== html) fit.innerHTML = html;
    var said = fit.querySelector("[data-broad]");
    var broad = Boolean(said) && said.dataset.broad === "yes";
    ask.value = broad ? "on" : "";
    button.textContent = broad ? button.dataset.together : button.dataset.alone;
  }

  function look() {
    var number = ++asked;
    fetch(form.dataset.fitAddress, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : null; })
      .then(function (html) { if (html !== null) show(html, number); })
      .catch(function () { /* The page says it once the form is sent. */ });
  }

  function later(event) {
    if (event && event.target.closest("[aria-labelledby=why]")) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(look, WAIT);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  if (Array.from(form.elements).some(function (each) { return QUESTION.test(each.name) && each.value; })) look();
})();
