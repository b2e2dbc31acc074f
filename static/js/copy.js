// <button data-copy="#id">: puts the text of that element into the clipboard and says so on the button.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    var source = document.querySelector(button.dataset.copy);
    copy(source).then(function () {
      var label = button.lastChild;
      var before = label.textContent;
      if (before === "Copied") return;
      label.textContent = "Copied";
      setTimeout(() => (label.textContent = before), 2000);
    });
  });

  function copy(source) {
    if (navigator.clipboard) return navigator.clipboard.writeText(source.textContent);
    // Without TLS there is no clipboard: select the text, so that one key copies it.
    var range = document.createRange();
    range.selectNodeContents(source);
    var selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy") ? Promise.resolve() : new Promise(() => {});
  }
})();
