// The element with the focus: its name, and what keeps a person from seeing where it is.
() => {
  const element = document.activeElement;
  // A box, a choice and a file are drawn by what stands around them.
  const drawn = [
    element.closest(".choice"),
    element.matches(".check input") && element.nextElementSibling,
    element.matches("[type=file]") && document.querySelector(`label[for="${element.id}"]`),
    element,
  ].find(Boolean);
  const style = getComputedStyle(drawn);
  const isInside = element.matches("[type=date]:not(:focus)"); // on its calendar's button, out of reach from here
  const hasRing = isInside || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const { left, top, right, bottom, width, height } = drawn.getBoundingClientRect();
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2; // of what is in sight
  const seen = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
  const isOnTop = seen && (drawn.contains(seen) || seen.contains(drawn) || seen === element);
  return {
    name: (element.ariaLabel || [...(element.labels ?? [])].map((label) => label.innerText).join(" ") || element.innerText || "").trim().replace(/\s+/g, " "),
    id: element.id,
    isLost: element === document.body,
    faults: [
      !drawn.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && "hidden",
      (width <= 1 || height <= 1) && "too small",
      !isOnTop && "covered or out of sight",
      !hasRing && "without a ring",
    ].filter(Boolean),
  };
}
