// Live pages: one WebSocket says which topics changed, htmx fetches the elements that carry them.
//
//   to the server    {"subscribe": ["station:12:<signature>", ...]}   all topics of the page, again when they change
//   from the server  {"topics": ["station:12", ...]}
//
// An element takes part by data-live-topic (signed topics, separated by spaces), hx-get and hx-trigger="live".
(function () {
  "use strict";
  var DEBOUNCE_MS = 300;
  var POLL_MS = 30000;
  var HEAL_MS = 60000; // a word of the server that got lost leaves the page old no longer than this
  var BACKOFF_MS = [500, 1000, 2000, 5000, 10000, 20000];
  var LABELS = { connecting: "Connecting", live: "Live", polling: "Not live: every 30 s", offline: "No network" };

  var socket = null;
  var failures = 0;
  var subscribed = "";
  var timers = new WeakMap();

  function elements() {
    return Array.from(document.querySelectorAll("[data-live-topic]"));
  }

  function signedTopics(element) {
    return element.dataset.liveTopic.split(" ").filter(Boolean);
  }

  function bare(signed) {
    return signed.slice(0, signed.lastIndexOf(":"));
  }

  function show(state) {
    var indicator = document.getElementById("live-indicator");
    if (!indicator || indicator.dataset.state === state) return;
    indicator.dataset.state = state;
    indicator.querySelector(".cn-live-text").textContent = LABELS[state];
  }

  function refetch(element) {
    if (timers.has(element)) return; // one fetch is due already and will see this change too
    timers.set(
      element,
      setTimeout(function () {
        timers.delete(element);
        if (element.isConnected) htmx.trigger(element, "live");
      }, DEBOUNCE_MS),
    );
  }

  function isOpen() {
    return socket !== null && socket.readyState === WebSocket.OPEN;
  }

  function subscribe() {
    if (!isOpen()) return;
    var topics = Array.from(new Set(elements().flatMap(signedTopics))).sort();
    var key = topics.join(" ");
    if (key === subscribed) return;
    subscribed = key;
    socket.send(JSON.stringify({ subscribe: topics }));
  }

  function nudge(topics) {
    var changed = new Set(topics);
    for (var element of elements()) {
      if (signedTopics(element).some((signed) => changed.has(bare(signed)))) refetch(element);
    }
  }

  function connect() {
    var scheme = location.protocol === "https:" ? "wss://" : "ws://";
    socket = new WebSocket(scheme + location.host + "/live/");
    socket.onopen = function () {
      failures = 0;
      subscribed = "";
      show("live");
      subscribe();
      elements().forEach(refetch); // what changed since the page was drawn, or the socket lost, was told to nobody
    };
    socket.onmessage = function (event) {
      var message = JSON.parse(event.data);
      if (message.topics) nudge(message.topics);
    };
    socket.onclose = function () {
      var wait = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)];
      failures += 1;
      if (failures > 1) show(navigator.onLine ? "polling" : "offline");
      else show("connecting");
      setTimeout(connect, wait * (0.75 + Math.random() / 2));
    };
  }

  document.addEventListener("htmx:afterSettle", subscribe);
  function poll(whileOpen) {
    if (!document.hidden && isOpen() === whileOpen) elements().forEach(refetch);
  }

  setInterval(() => poll(false), POLL_MS);
  setInterval(() => poll(true), HEAL_MS);
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) elements().forEach(refetch); // a hidden page was not polled
  });
  if (document.getElementById("live-indicator")) connect();
})();
