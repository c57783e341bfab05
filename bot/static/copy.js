// Buttons that copy a text; without this script they stay away, and the text is picked by hand.
"use strict";
(function () {
  function pick(text) {
    if (text.select) return text.select();
    var range = document.createRange();
    range.selectNodeContents(text);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
  }

  function offer(button) {
    var text = document.getElementById(button.getAttribute("data-copy"));
    if (!text) return;
    button.hidden = false;

    function done() { button.textContent = button.getAttribute("data-done"); }

    button.addEventListener("click", function () {
      pick(text);
      try { if (document.execCommand("copy")) return done(); } catch (error) { /* the next way, then */ }
      if (navigator.clipboard) navigator.clipboard.writeText(text.value || text.textContent).then(done, function () {});
    });
  }
  Array.prototype.forEach.call(document.querySelectorAll("button[data-copy]"), offer);
})();
