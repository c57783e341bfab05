// A button that copies the code; without this script the code is picked by touching it.
"use strict";
(function () {
  var button = document.getElementById("copy"), code = document.getElementById("code");
  if (!button || !code) return;
  button.hidden = false;

  function done() { button.textContent = button.getAttribute("data-done"); }

  function pick() {
    var range = document.createRange();
    range.selectNodeContents(code);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
  }

  button.addEventListener("click", function () {
    pick();
    try { if (document.execCommand("copy")) return done(); } catch (error) { /* the next way, then */ }
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, pick);
  });
})();
