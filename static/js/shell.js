// The frame: search key, dialogs, toasts, and how htmx and idiomorph behave here.
(function () {
  "use strict";

  // --- what bootstrap or the person changed in the page survives a redraw -----------------------
  // Open menus, sheets and <details> carry their state in these attributes; the server does not know of it.
  var STATE = ["class", "style", "open", "role", "aria-modal", "aria-hidden", "aria-expanded", "data-popper-placement"];
  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = function (name, node) {
    var keeps = node.matches("[data-keep], [data-bs-toggle], details");
    return !(keeps && STATE.includes(name));
  };

  document.addEventListener("htmx:configRequest", function (event) {
    if (!event.detail.elt.matches("[data-clean-query]")) return;
    for (var name of Array.from(event.detail.formData.keys())) {
      if (event.detail.formData.getAll(name).every((value) => value === "")) event.detail.formData.delete(name);
    }
  });

  // --- keyboard -----------------------------------------------------------------------------------
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    var box = document.querySelector("[data-shortcut='/']");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // --- dialog ---------------------------------------------------------------------------------------
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id !== "dialog") return;
    if (!event.target.open) event.target.showModal();
    var first = event.target.querySelector(".is-invalid, [autofocus], .cn-dialog-body input:not([type=hidden]), .cn-dialog-body select, .cn-dialog-body textarea");
    if (first) first.focus();
  });
  document.addEventListener("click", function (event) {
    var dialog = document.getElementById("dialog");
    if (dialog && (event.target === dialog || event.target.closest("[data-close-dialog]"))) dialog.close();
  });

  // --- toasts -----------------------------------------------------------------------------------------
  function toast(text, kind) {
    var place = document.getElementById("toasts");
    var box = document.createElement("div");
    box.className = "alert alert-important alert-" + kind;
    box.textContent = text;
    place.append(box);
    setTimeout(() => box.remove(), 8000);
  }

  var SENTENCES = {
    400: "That request was not understood. Reload the page and try again.",
    403: "You are not allowed to do this.",
    404: "This no longer exists, or you may not see it.",
    413: "That is too large to be sent.",
    429: "Too many requests. Wait a moment and try again.",
  };
  function isPoll(event) {
    return event.detail.requestConfig && event.detail.requestConfig.triggeringEvent?.type === "live";
  }
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    if (!isPoll(event)) toast(SENTENCES[status] || "The server could not do this (" + status + ").", "danger");
  });
  document.addEventListener("htmx:sendError", function (event) {
    if (!isPoll(event)) toast("The server cannot be reached. Nothing was changed.", "danger");
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-reason]");
    if (button) toast(button.dataset.reason, "warning");
  });
  setTimeout(() => document.querySelectorAll("[data-fade]").forEach((box) => box.remove()), 8000);
})();
