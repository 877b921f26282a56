import { byId, element } from './dom.js';

const kept = 100;

// Sentences, the newest first.
export class Timeline {
  list = byId('sentences');

  restart(entries) {
    this.list.replaceChildren();
    entries.forEach(entry => this.add(entry));
  }

  add(entry) {
    const at = new Date(entry.at);
    const item = element(
      'li', {},
      element('time', { dateTime: entry.at }, at.toLocaleTimeString([], { hour12: false })),
      element('span', {}, entry.sentence));
    item.dataset.tone = entry.tone;
    this.list.prepend(item);
    while (this.list.children.length > kept) this.list.lastChild.remove();
  }
}
