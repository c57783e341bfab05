// The page works without this script; with it, answers come without a reload, also those that a person gives later.
"use strict";
(function () {
  var log = document.getElementById("log"), buttons = document.getElementById("buttons");
  var say = document.getElementById("say"), text = document.getElementById("text"), trouble = document.getElementById("trouble");
  var last = Number(log.dataset.last), stream = null;
  if (!window.EventSource || !window.fetch || !window.URLSearchParams) return;

  function down() { window.scrollTo(0, document.body.scrollHeight); }

  function listen() {
    if (stream) return;
    stream = new EventSource("/chat/events?after=" + last);
    stream.onmessage = function (event) {
      if (Number(event.lastEventId) <= last) return;
      last = Number(event.lastEventId);
      var news = JSON.parse(event.data);
      log.insertAdjacentHTML("beforeend", news.said);
      if (news.choices !== null) buttons.innerHTML = news.choices;
      trouble.hidden = true;
      down();
    };
    stream.onopen = function () { trouble.hidden = true; };
    stream.onerror = function () {
      if (stream.readyState === 2) { stream = null; setTimeout(listen, 3000); }
      trouble.hidden = false;
    };
  }

  function send(fields) {
    var id = Date.now().toString(36) + Math.random().toString(36).slice(2);
    var body = new URLSearchParams(Object.assign({ id: id }, fields));
    function attempt(left) {
      fetch("/chat", { method: "POST", body: body, headers: { Accept: "application/json" } }).then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        if (last === 0) log.innerHTML = "";
        listen();
      }).catch(function () {
        trouble.hidden = false;
        if (left > 0) setTimeout(attempt, 2500, left - 1);
      });
    }
    attempt(20); // a patchy network: the same id again changes nothing on the server
  }

  document.getElementById("choices").addEventListener("submit", function (event) {
    var pressed = event.submitter;
    if (!pressed) return;
    event.preventDefault();
    var fields = {};
    fields[pressed.name] = pressed.value;
    buttons.innerHTML = "";
    send(fields);
    text.focus({ preventScroll: true });
  });
  say.addEventListener("submit", function (event) {
    event.preventDefault();
    if (!text.value.trim()) return;
    send({ text: text.value });
    text.value = "";
  });
  if (last > 0) listen();
  down();
})();
