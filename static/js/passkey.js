/* Says on the page that a passkey or security key did not answer. */
document.addEventListener("allauth.error", function () {
  document.querySelectorAll("[data-passkey-error]").forEach(function (line) {
    line.hidden = false;
  });
});
