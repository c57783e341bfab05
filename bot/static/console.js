// An open page of the console keeps itself up to date; what is being typed stays. Without this script: a reload.
"use strict";
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

  function look() {
    var call = new XMLHttpRequest();
    call.open("GET", here);
    call.timeout = 10000;
    call.onload = function () {
      var page = new DOMParser().parseFromString(call.responseText, "text/html"), news = page.getElementById("live");
      if (call.status !== 200 || !news || news.innerHTML === live.innerHTML) return;
      var low = window.innerHeight + window.pageYOffset > document.documentElement.scrollHeight - 40;
      live.innerHTML = news.innerHTML;
      document.title = page.title;
      if (low) window.scrollTo(0, document.documentElement.scrollHeight);
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
