// Times that count: <time datetime data-since> ("5 s ago") and <time datetime data-running> ("5 s").
// The words are those of apps/portal/kit/format.py: duration().
(function () {
  "use strict";
  var NBSP = "\u00a0";
  var skew = 0; // server clock minus this computer's clock, in ms

  function two(number) {
    return String(number).padStart(2, "0");
  }

  function words(seconds) {
    var s = Math.max(Math.floor(seconds), 0);
    if (s < 60) return s + NBSP + "s";
    if (s < 3600) return Math.floor(s / 60) + NBSP + "min" + NBSP + two(s % 60) + NBSP + "s";
    if (s < 86400) return Math.floor(s / 3600) + NBSP + "h" + NBSP + two(Math.floor((s % 3600) / 60)) + NBSP + "min";
    return Math.floor(s / 86400) + NBSP + "d" + NBSP + two(Math.floor((s % 86400) / 3600)) + NBSP + "h";
  }

  function tick() {
    if (document.hidden) return;
    var now = Date.now() + skew;
    for (var time of document.querySelectorAll("time[data-since], time[data-running]")) {
      var text = words((now - Date.parse(time.dateTime)) / 1000);
      if ("since" in time.dataset) text += " ago";
      if (time.textContent !== text) time.textContent = text;
    }
  }

  // A computer whose clock is wrong must not show wrong ages: the Date header of any answer tells the server's.
  document.addEventListener("htmx:afterRequest", function (event) {
    var date = Date.parse(event.detail.xhr.getResponseHeader("Date"));
    if (!Number.isNaN(date) && Math.abs(date - Date.now()) > 5000) skew = date - Date.now();
  });
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:afterSettle", tick);
  setInterval(tick, 1000);
})();
