/* Puts a button beside each text that is to be copied, such as an address or a template. Without this
   script the text is there all the same, to be selected. */
(function () {
  "use strict";

  if (!navigator.clipboard) return;

  function said(button, words) {
    button.textContent = words;
    window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }

  document.querySelectorAll("[data-copy]").forEach(function (text) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy: " + text.dataset.copy);
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(text.textContent).then(
        function () { said(button, "Copied"); },
        function () { said(button, "Not copied: select it"); }
      );
    });
    text.parentNode.insertBefore(button, text.nextSibling);
  });
})();
