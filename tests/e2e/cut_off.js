// What of the page cannot be seen without scrolling sideways, or not at all.
() => {
  const name = (element) => {
    const { tagName, id, className } = element;
    const classes = typeof className === "string" ? className.trim().replace(/\s+/g, ".") : "";
    return `${tagName.toLowerCase()}${id && `#${id}`}${classes && `.${classes}`}`;
  };
  const root = document.documentElement;
  const found = [];
  if (root.scrollWidth > root.clientWidth) found.push(`page: ${root.scrollWidth} in ${root.clientWidth}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const isForEarsAlone = element.closest(".visually-hidden, .skip") || style.clipPath === "inset(50%)";
    if (isForEarsAlone || element.closest("svg, .camera, input, textarea")) continue;
    if (style.textOverflow === "ellipsis" && element.title) continue;
    const excess = element.scrollWidth - element.clientWidth;
    if (["hidden", "clip"].includes(style.overflowX) && excess > 1) found.push(`${name(element)}: ${excess} px cut off`);
    if (["auto", "scroll"].includes(style.overflowX) && excess > 0) {
      const isReachable = element.tabIndex >= 0 && (element.ariaLabel || element.hasAttribute("aria-labelledby"));
      if (!isReachable) found.push(`${name(element)}: scrolls, but not by keyboard or without a name`);
    }
  }
  return found;
}
