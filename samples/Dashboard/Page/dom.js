// Makes an element: properties are set, those with a dash become attributes, children are appended.
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

export const byId = id => document.getElementById(id);

// Writes only what differs, so that nothing is announced or repainted without need.
export function setText(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

export const milliseconds = value =>
  value == null ? '–' : value === 0 ? '0 ms' : value < 10 ? `${value.toFixed(1)} ms` : value < 10_000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(0)} s`;

export const camelToWords = text => text.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
