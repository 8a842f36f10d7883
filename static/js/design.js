/* What a pointer or a key does for a moment, the design page shows for good: every rule with one of these
   states is written once more for a class of that name. */

const states = { ":hover": ".is-hovered", ":focus-visible": ".is-focused", ":active": ".is-pressed" };

function shown(selector) {
  return Object.entries(states).reduce((text, [state, name]) => text.replaceAll(state, name), selector);
}

function copy(group) {
  for (let place = group.cssRules.length - 1; place >= 0; place -= 1) {
    const rule = group.cssRules[place];
    if (rule.selectorText === undefined) {
      if (rule.cssRules) copy(rule);
    } else if (shown(rule.selectorText) !== rule.selectorText) {
      const body = rule.cssText.slice(rule.cssText.indexOf("{"));
      group.insertRule(shown(rule.selectorText) + body, place + 1);
    }
  }
}

for (const sheet of document.styleSheets) copy(sheet);
