// Shows an alert that came while the page was closed; a tap opens the ticket. One alert a ticket: the newest takes its place.
"use strict";
self.addEventListener("push", function (event) {
  var told = event.data.json();
  event.waitUntil(self.registration.showNotification("Motcua", {
    body: told.text, tag: told.url, renotify: true, icon: "/static/icon-192.png", data: told.url
  }));
});
self.addEventListener("notificationclick", function (event) {
  var url = event.notification.data;
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(function (open) {
    var there = open.filter(function (page) { return page.url === url; })[0];
    return there ? there.focus() : self.clients.openWindow(url);
  }));
});
