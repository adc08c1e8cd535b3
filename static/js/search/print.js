/* The button that prints. Without it the browser's own menu does. */
(function () {
  "use strict";

  var button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", function () { window.print(); });
})();
