/* Finds what a person would look for on a page: by what stands on it, the newest where there are several. */
var look = (() => {
  const seen = (one) => one && one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  const said = (one) => (one.getAttribute("aria-label") || one.innerText || one.title || "").trim();
  const all = (what, from = document) => [...from.querySelectorAll(what)].filter(seen);
  const last = (found) => found[found.length - 1] || null;
  return {
    all,
    last,
    named: (what, words, from) => last(all(what, from).filter((one) => said(one) === words)),
    button: (words, from) => look.named("button, [role=button], [role=menuitem]", words, from),
    option: (words) => look.named("[role=option]", words),
    middle: (one) => {
      if (!seen(one) || one.disabled) return null;
      one.scrollIntoView({ block: "center", inline: "nearest" });
      const box = one.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    },
  };
})();
