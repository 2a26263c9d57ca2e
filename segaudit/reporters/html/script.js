(function () {
  "use strict";
  var find = function (id) { return document.getElementById(id); };
  var every = function (query) { return Array.prototype.slice.call(document.querySelectorAll(query)); };

  var theme = find("theme");
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  theme.hidden = false;
  theme.addEventListener("click", function () {
    dark = !dark;
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    theme.setAttribute("aria-pressed", String(dark));
  });

  // Printing shows everything; what was folded is folded again afterwards.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = every("details:not([open])");
    folded.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (one) { one.open = false; });
  });

  // A link to a finding inside a fold opens it.
  var reveal = function () {
    var target = location.hash.length > 1 ? find(decodeURIComponent(location.hash.slice(1))) : null;
    for (var above = target; above; above = above.parentElement) {
      if (above.tagName === "DETAILS") { above.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", reveal);
  reveal();

  var filter = find("filter");
  var findings = every("article.finding");
  if (!findings.length) { return; }
  filter.hidden = false;
  filter.addEventListener("submit", function (event) { event.preventDefault(); });
  var texts = findings.map(function (one) { return one.textContent.toLowerCase(); });
  var apply = function () {
    var words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    var severities = every("input[name=severity]:checked").map(function (box) { return box.value; });
    var shown = findings.map(function (one, place) {
      return severities.indexOf(one.dataset.severity) >= 0 &&
        words.every(function (word) { return texts[place].indexOf(word) >= 0; });
    });
    // A cause stays where something that follows from it is shown.
    findings.forEach(function (one, place) {
      one.hidden = !shown[place] && !findings.some(function (other, at) { return shown[at] && one.contains(other); });
    });
    every("section.check").forEach(function (section) {
      section.hidden = !section.querySelector("article.finding:not([hidden])");
    });
    find("shown").textContent = shown.filter(Boolean).length + " / " + findings.length;
  };
  filter.addEventListener("input", apply);
  apply();

  var unfold = find("unfold");
  unfold.addEventListener("click", function () {
    var open = unfold.getAttribute("aria-pressed") !== "true";
    every("#findings details").forEach(function (one) { one.open = open; });
    unfold.setAttribute("aria-pressed", String(open));
  });
})();
