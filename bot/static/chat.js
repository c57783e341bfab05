// The page works without this script; with it, answers come without a reload, also those that a person gives later,
// and nothing is lost on a patchy network. Written for Chrome 49 and later: nothing newer than ES5.
"use strict";
(function () {
  var log = document.getElementById("log"), waiting = document.getElementById("waiting");
  var buttons = document.getElementById("buttons"), text = document.getElementById("text");
  var trouble = document.getElementById("trouble"), below = document.getElementById("below");
  var last = Number(log.getAttribute("data-last")); // the newest line that is shown
  var queue = kept(); // what the server has not taken yet, oldest first
  var busy = false, stream = null, heard = 0, worrying = 0;
  if (!window.EventSource || !window.JSON) return;

  // --- what is shown ---

  function take(line) {
    if (line.fresh ? line.id === last : line.id <= last) return;
    last = line.id;
    if (line.fresh) log.innerHTML = "";
    log.insertAdjacentHTML("beforeend", line.said);
    if (line.choices === null) forget(); else offer(line.choices);
    show();
  }

  function bubble(label) {
    var line = document.createElement("div");
    line.className = "me";
    line.textContent = label;
    waiting.appendChild(line);
  }

  function forget() {
    if (waiting.firstChild) waiting.removeChild(waiting.firstChild);
  }

  function offer(html) {
    buttons.innerHTML = html;
    buttons.className = "settling"; // the second tap of a shaky finger must not fall on a new button
    setTimeout(function () { buttons.className = ""; }, 350);
  }

  // The newest line from its beginning, with the citizen's own words above it; all of it down to the buttons if it fits.
  function show() {
    var line = waiting.lastElementChild || log.lastElementChild;
    if (!line) return;
    var before = line.previousElementSibling;
    if (before && before.className === "me") line = before;
    window.scrollTo(0, line.getBoundingClientRect().top + window.pageYOffset - 12);
    point();
  }

  // Buttons that no part of can be seen are pointed at.
  function point() {
    var first = buttons.firstElementChild;
    below.hidden = !first || first.getBoundingClientRect().top + 24 < below.parentNode.getBoundingClientRect().top;
  }

  function worry() {
    if (trouble.textContent) return;
    trouble.textContent = trouble.getAttribute("data-offline");
    if (waiting.firstChild) show(); // the notice must not lie over what waits
  }

  function calm() {
    clearTimeout(worrying);
    worrying = 0;
    trouble.textContent = "";
  }

  // --- what comes ---

  function listen() {
    if (stream || !last) return;
    stream = new EventSource("/chat/events?after=" + last);
    stream.onmessage = function (event) {
      var line = JSON.parse(event.data);
      heard = Date.now();
      if (line) take(line);
    };
    stream.onopen = function () { heard = Date.now(); if (!queue.length) calm(); };
    stream.onerror = function () {
      if (!worrying) worrying = setTimeout(worry, 2000); // it comes back by itself, mostly at once
      if (stream.readyState === 2) { stream = null; setTimeout(listen, 3000); }
    };
  }

  // A phone that slept or changed its network may hold a line that is dead without knowing it.
  function again() {
    if (stream) stream.close();
    stream = null;
    listen();
    post();
  }

  // --- what goes ---

  function send(name, value, label) {
    queue.push({ id: Date.now().toString(36) + Math.random().toString(36).slice(2), name: name, value: value, label: label });
    keep();
    bubble(label);
    show();
    post();
  }

  // One at a time, so that they arrive in order; the same id again changes nothing on the server.
  function post() {
    if (busy || !queue.length) return;
    var said = queue[0], call = new XMLHttpRequest();
    busy = true;
    call.open("POST", "/chat?after=" + last);
    call.setRequestHeader("Accept", "application/json");
    call.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    call.timeout = 15000;
    call.onload = function () {
      busy = false;
      if (call.status >= 500 || call.status === 429) return later();
      queue.shift();
      keep();
      if (call.status !== 200) return location.reload(); // refused for good: show what the server has
      calm();
      JSON.parse(call.responseText).forEach(take);
      if (!queue.length) waiting.innerHTML = "";
      listen();
      post();
    };
    call.onerror = call.ontimeout = function () { busy = false; later(); };
    call.send("id=" + said.id + "&" + said.name + "=" + encodeURIComponent(said.value));
  }

  function later() {
    worry();
    setTimeout(post, 3000);
  }

  function keep() {
    try { sessionStorage.setItem("queue", JSON.stringify(queue)); } catch (full) { /* private mode: kept until a reload */ }
  }

  function kept() {
    try { return JSON.parse(sessionStorage.getItem("queue")) || []; } catch (none) { return []; }
  }

  // --- what the citizen does ---

  // What waits to be sent goes with the conversation on a phone that several people use.
  var close = document.getElementById("close");
  if (close) close.addEventListener("submit", function () {
    queue = [];
    keep();
    try { localStorage.setItem("closed", Date.now()); } catch (full) { /* private mode: other tabs have other cookies */ }
  });
  window.addEventListener("storage", function (event) {
    if (event.key === "closed") setTimeout(function () { location.replace("/?closed=1"); }, 1000); // the cookie goes first
  });

  // Clicks, for old browsers do not tell which button submitted a form.
  document.getElementById("choices").addEventListener("click", function (event) {
    var pressed = event.target;
    if (pressed.tagName !== "BUTTON") return;
    event.preventDefault();
    buttons.innerHTML = "";
    point();
    buttons.focus({ preventScroll: true }); // not to the field: that would raise the phone's keyboard
    if (pressed.name === "start") history.replaceState(null, "", "/");
    send(pressed.name, pressed.value, pressed.textContent);
  });
  document.getElementById("say").addEventListener("submit", function (event) {
    event.preventDefault();
    if (text.value.trim()) send("text", text.value, text.value);
    text.value = "";
  });
  below.addEventListener("click", function (event) {
    event.preventDefault();
    buttons.firstElementChild.scrollIntoView({ block: "center" });
  });
  window.addEventListener("scroll", point);
  window.addEventListener("resize", point);
  window.addEventListener("online", again);
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) again(); });
  setInterval(function () { if (stream && Date.now() - heard > 45000) again(); }, 15000);

  queue.forEach(function (said) { bubble(said.label); });
  listen();
  post();
  if (last) show();
  document.documentElement.className = "live";
})();
