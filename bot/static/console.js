// An open page of the console keeps itself up to date; what is being typed stays. Without this script: a reload.
"use strict";
window.motcuaBeep = function () {
  var Sound = window.AudioContext || window.webkitAudioContext, sound = Sound && new Sound();
  if (!sound) return;
  var tone = sound.createOscillator();
  tone.frequency.value = 660;
  tone.connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.2);
};
(function () {
  var code = document.getElementById("code");
  if (code && location.hash) {
    code.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    document.getElementById("password").focus();
  }
})();
(function () {
  var live = document.getElementById("live");
  if (!live || !window.EventSource || !window.DOMParser) return;
  var here = location.pathname.replace(/^(\/console\/\d+)\/\w+$/, "$1") + location.search;

  function atEnd() {
    var page = document.documentElement;
    return window.innerHeight + window.pageYOffset > page.scrollHeight - 40 && live.scrollTop + live.clientHeight > live.scrollHeight - 40;
  }

  // Where the conversation scrolls in a column of its own, its end is there.
  function toEnd() {
    live.scrollTop = live.scrollHeight;
    window.scrollTo(0, document.documentElement.scrollHeight);
  }

  live.setAttribute("data-was", live.innerHTML);
  if (document.body.className === "ticket") toEnd();

  function look() {
    var call = new XMLHttpRequest();
    call.open("GET", here);
    call.timeout = 10000;
    call.onload = function () {
      var page = new DOMParser().parseFromString(call.responseText, "text/html"), news = page.getElementById("live");
      if (call.status !== 200 || !news) return;
      if (+news.getAttribute("data-waiting") > +live.getAttribute("data-waiting") && localStorage.getItem("sound") === "on") window.motcuaBeep();
      live.setAttribute("data-waiting", news.getAttribute("data-waiting"));
      var low = atEnd(), open = Array.prototype.map.call(live.querySelectorAll("details[open]"), function (d) { return d.id; });
      var changed = news.innerHTML !== live.getAttribute("data-was");
      live.setAttribute("data-was", news.innerHTML);
      Array.prototype.forEach.call(document.querySelectorAll("[data-live]"), function (part) {
        var fresh = page.getElementById(part.id);
        if (fresh && (part !== live || changed)) part.innerHTML = fresh.innerHTML;
      });
      open.forEach(function (id) { var line = document.getElementById(id); if (line) line.open = true; });
      document.title = page.title;
      if (low && changed) toEnd();
    };
    call.send();
  }

  function listen() {
    var stream = new EventSource(live.getAttribute("data-events"));
    stream.onopen = stream.onmessage = look;
    stream.onerror = function () { if (stream.readyState === 2) setTimeout(listen, 5000); };
  }
  listen();
})();
// Ready answers: a tap puts one into the box; "/" in the empty box opens the list and searches it. Without this script: links.
(function () {
  var list = document.getElementById("canned"), find = document.getElementById("find"), text = document.getElementById("text");
  if (!list || !find || !text) return;
  var wide = window.matchMedia("(min-width: 64rem)").matches;
  find.hidden = false;
  if (wide) list.open = true;

  function plain(s) { return s.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/[\u0300-\u036f]/g, ""); }

  list.addEventListener("click", function (event) {
    var said = event.target.getAttribute("data-text");
    if (said === null) return;
    event.preventDefault();
    text.value = said;
    list.open = wide;
    text.focus();
  });
  find.addEventListener("input", function () {
    var wanted = plain(find.value);
    Array.prototype.forEach.call(list.querySelectorAll("li"), function (item) {
      item.hidden = plain(item.textContent + (item.firstElementChild.getAttribute("data-text") || "")).indexOf(wanted) < 0;
    });
  });
  find.addEventListener("keydown", function (event) {
    var first = list.querySelector("li:not([hidden]) a");
    if (event.key === "Enter" && first) { event.preventDefault(); first.click(); }
    if (event.key === "Escape") { list.open = false; text.focus(); }
  });
  text.addEventListener("keydown", function (event) {
    if (event.key === "/" && !text.value) { event.preventDefault(); list.open = true; find.focus(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); text.form.requestSubmit(); }
  });
})();
// The chosen file is seen on its clip.
(function () {
  var file = document.getElementById("file");
  if (file) file.addEventListener("change", function () { file.parentNode.classList.toggle("chosen", file.files.length > 0); });
})();
// Who types an answer is seen typing, where the citizen's channel shows that.
(function () {
  var text = document.getElementById("text"), ticket = /^\/console\/\d+/.exec(location.pathname), told = 0;
  if (!text || !ticket) return;
  text.addEventListener("input", function () {
    if (Date.now() - told < 4000) return;
    told = Date.now();
    var call = new XMLHttpRequest();
    call.open("POST", ticket[0] + "/typing");
    call.send();
  });
})();
// The console as an app: alerts while it is closed, and a sound for a new ticket, each only if asked for.
(function () {
  var box = document.getElementById("alerts"), push = document.getElementById("push"), sound = document.getElementById("sound");
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/console/worker.js", { scope: "/console" }).catch(function () {});
  if (!box) return;
  box.hidden = false;
  sound.checked = localStorage.getItem("sound") === "on";
  sound.addEventListener("change", function () { localStorage.setItem("sound", sound.checked ? "on" : "off"); if (sound.checked) window.motcuaBeep(); });
  if (!push) return;
  if (!("PushManager" in window)) { push.hidden = true; return; }

  function bytes(key) {
    var text = atob(key.replace(/-/g, "+").replace(/_/g, "/")), found = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) found[i] = text.charCodeAt(i);
    return found;
  }

  function refused() {
    push.disabled = false;
    document.getElementById("push-problem").textContent = "Trình duyệt chưa cho thông báo. Anh chị mở phần cài đặt của trang, cho phép thông báo rồi thử lại.";
  }

  push.addEventListener("click", function () {
    push.disabled = true;
    navigator.serviceWorker.ready.then(function (worker) {
      return worker.pushManager.getSubscription().then(function (old) {
        return old && old.unsubscribe(); // made with another key, the browser would make no new one beside it
      }).then(function () {
        return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(push.getAttribute("data-key")) });
      });
    }).then(function (made) {
      var sent = made.toJSON(), form = new URLSearchParams();
      form.set("endpoint", sent.endpoint);
      form.set("p256dh", sent.keys.p256dh);
      form.set("auth", sent.keys.auth);
      var call = new XMLHttpRequest();
      call.open("POST", "/console/me/push");
      call.onload = function () { if (call.status === 204) location.reload(); else refused(); };
      call.onerror = refused;
      call.send(form);
    }).catch(refused);
  });
})();
