/* Last of the console's scripts: everything else is there. */
(function () {
  "use strict";

  var page = window.hitsConsole;
  if (!page) return;
  page.meet();
  page.startLine();
})();
