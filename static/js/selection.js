// Ticked rows of a list: their number on the button, and no redrawing by nudges while some are ticked.
// <form data-selection="#list-rows" id="f"> … <input type="checkbox" form="f"> in the rows; [data-selection-count].
(function () {
  "use strict";

  function ticked(form) {
    var rows = document.querySelector(form.dataset.selection);
    return rows ? rows.querySelectorAll('input[type="checkbox"][form="' + form.id + '"]:checked').length : 0;
  }

  function count() {
    document.querySelectorAll("form[data-selection]").forEach(function (form) {
      var sign = form.querySelector("[data-selection-count]");
      var number = ticked(form);
      if (sign) {
        sign.hidden = number === 0;
        sign.textContent = String(number);
      }
    });
  }

  document.addEventListener("change", count);
  document.addEventListener("htmx:afterSwap", count);
  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = document.querySelector("form[data-selection]");
    var asks = event.detail && event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    if (form && asks && asks.type === "live" && ticked(form) > 0) event.preventDefault();
  });
})();
