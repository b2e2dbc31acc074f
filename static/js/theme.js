// Runs before the first paint: light, dark or as the system, as this browser was told last.
(function () {
  "use strict";
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage switched off
    }
  }

  function apply() {
    var chosen = choice();
    var theme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.documentElement.setAttribute("data-theme-choice", chosen);
  }

  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem("theme", button.dataset.themeChoice);
    } catch {
      // storage switched off: the choice holds for this page only
    }
    apply();
    document.dispatchEvent(new CustomEvent("themechange"));
  });
  dark.addEventListener("change", function () {
    document.dispatchEvent(new CustomEvent("themechange"));
  });
})();
