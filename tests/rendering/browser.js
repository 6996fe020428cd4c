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
    around: (one, what) => {
      while (one && !one.querySelector(what)) one = one.parentElement;
      return one;
    },
    ended: (one) => {
      const rolls = all("*", one).filter((part) => part.scrollHeight > part.clientHeight + 1
        && getComputedStyle(part).overflowY.match(/auto|scroll/) && !part.matches("textarea"));
      const left = rolls.filter((part) => part.scrollHeight - part.clientHeight - part.scrollTop > 1);
      left.forEach((part) => part.scrollTo(0, one.closest("[role=dialog]") ? 0 : part.scrollHeight));
      return !!one.closest("[role=dialog]") || left.length === 0;
    },
    wide: (one) => {
      while (one.getBoundingClientRect().width < innerWidth - 1) one = one.parentElement;
      return one;
    },
    place: (one, after, before) => {
      const box = one.getBoundingClientRect();
      const top = after ? Math.max(box.y, after.getBoundingClientRect().bottom) : box.y;
      const bottom = before ? before.getBoundingClientRect().y - 16 : box.bottom;
      return { x: box.x + scrollX, y: top + scrollY, width: box.width, height: bottom - top };
    },
    middle: (one) => {
      if (!seen(one) || one.disabled) return null;
      one.scrollIntoView({ block: "center", inline: "nearest" });
      const box = one.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    },
  };
})();
