// Charts over time: <div class="chart" data-src="/…/power.json" data-height="260"></div>
//
// The address answers
//   {"times": [unix seconds, …], "zone": "Europe/Vienna",
//    "series": [{"label": "Power", "unit": "kW", "values": [numbers or null, …], "colour": "blue", "digits": 1,
//                "stepped": false, "dashed": false}, …]}
// Series of one unit share an axis; a second unit gets the axis on the right. Drag to zoom, double click to see all.
// An element with data-live-topic and hx-trigger="live" is not needed: the chart listens for "live" itself.
(function () {
  "use strict";
  var charts = new Map();

  function css(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function options(data, element) {
    var units = Array.from(new Set(data.series.map((one) => one.unit || "")));
    var text = css("--tblr-secondary-color");
    var line = css("--cn-line");
    var font = "12px Inter, system-ui, sans-serif";
    var axes = [{ stroke: text, font: font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }];
    var scales = { x: { time: true } };
    units.forEach(function (unit, index) {
      scales[unit] = { range: (self, low, high) => uPlot.rangeNum(Math.min(low ?? 0, 0), Math.max(high ?? 1, 1), 0.1, true) };
      axes.push({ scale: unit, side: index === 0 ? 3 : 1, stroke: text, font: font, size: 56, label: unit, labelFont: font, labelSize: 18, show: index < 2, grid: { show: index === 0, stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } });
    });
    var series = data.series.map(function (one) {
      var colour = css("--cn-mark-" + (one.colour || "blue")) || one.colour;
      return {
        label: one.label + (one.unit ? " (" + one.unit + ")" : ""), scale: one.unit || "", stroke: colour, width: 1.75, spanGaps: false, points: { show: false },
        dash: one.dashed ? [6, 4] : undefined, paths: one.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
        value: (self, value) => (value === null || value === undefined ? "–" : value.toFixed(one.digits ?? 1)),
      };
    });
    var zone = data.zone || "UTC";
    return {
      width: element.clientWidth, height: Number(element.dataset.height || 260), scales: scales, axes: axes,
      series: [{ label: "Time", value: (self, at) => (at === null || at === undefined ? "–" : clock(at, zone)) }].concat(series),
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), zone), cursor: { drag: { x: true, y: false } }, legend: { live: true },
      fmtDate: uPlot.fmtDate && ((template) => uPlot.fmtDate(twentyFourHours(template))),
    };
  }

  function twentyFourHours(template) {
    return template.replaceAll("{h}", "{HH}").replaceAll("{aa}", "").replaceAll("{M}/{D}/{YY}", "{D} {MMM} {YYYY}").replaceAll("{M}/{D}", "{D} {MMM}");
  }

  function clock(at, zone) {
    return new Date(at * 1000).toLocaleString("en-GB", { timeZone: zone, day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  }

  function say(element, sentence) {
    element.replaceChildren();
    var box = document.createElement("div");
    box.className = "chart-state";
    box.textContent = sentence;
    element.append(box);
  }

  function draw(element, data) {
    var state = charts.get(element);
    var old = state && state.plot;
    if (old) old.destroy();
    if (!data.times.length) {
      charts.set(element, { data: data, plot: null });
      return say(element, "No values in this time.");
    }
    element.replaceChildren();
    var plot = new uPlot(options(data, element), [data.times].concat(data.series.map((one) => one.values)), element);
    charts.set(element, { data: data, plot: plot });
  }

  function load(element) {
    fetch(element.dataset.src, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then(function (data) {
        var state = charts.get(element);
        if (!state || !state.plot || !data.times.length || data.series.length !== state.data.series.length) return draw(element, data);
        state.data = data;
        state.plot.setData([data.times].concat(data.series.map((one) => one.values)));
      })
      .catch(function () {
        if (!charts.get(element)) say(element, "The values could not be fetched. Reload the page to try again.");
      });
  }

  var watcher = new ResizeObserver(function (entries) {
    for (var entry of entries) {
      var state = charts.get(entry.target);
      if (state && state.plot) state.plot.setSize({ width: entry.target.clientWidth, height: Number(entry.target.dataset.height || 260) });
    }
  });

  function mount() {
    for (var [element, state] of charts) {
      if (element.isConnected) continue;
      if (state && state.plot) state.plot.destroy();
      watcher.unobserve(element);
      charts.delete(element);
    }
    for (var element of document.querySelectorAll(".chart[data-src]")) {
      if (charts.has(element)) continue;
      charts.set(element, null);
      watcher.observe(element);
      element.addEventListener("live", function (event) {
        event.stopPropagation(); // or the panel around it would redraw itself and empty the chart
        load(event.currentTarget);
      });
      load(element);
    }
  }

  document.addEventListener("themechange", function () {
    for (var [element, state] of charts) if (state) draw(element, state.data);
  });
  document.addEventListener("htmx:afterSettle", mount);
  mount();
})();
