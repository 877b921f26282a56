import { byId, element, milliseconds, setText } from './dom.js';

const columns = [
  ['node', row => row.node],
  ['role', row => row.role],
  ['in flight', row => `${row.inFlight}${row.queued ? ` +${row.queued}` : ''}`],
  ['round trip', row => milliseconds(row.roundTrip)],
  ['service', row => milliseconds(row.service)],
  ['cost', row => milliseconds(row.cost)],
  ['', row => row.reason],
];

// Every node, chosen or why not: for the next read or the next write.
export class Explain {
  intent = 'read';

  constructor() {
    byId('intents').replaceChildren(...['read', 'write'].map(intent => {
      const button = element('button', { type: 'button', onclick: () => this.ask(intent) }, intent === 'read' ? 'Next read' : 'Next write');
      button.dataset.intent = intent;
      return button;
    }));
    byId('explain').tHead.replaceChildren(
      element('tr', {}, ...columns.map(([name]) => element('th', { scope: 'col' }, name || 'why'))));
  }

  async ask(intent = this.intent) {
    this.intent = intent;
    for (const button of byId('intents').children) button.setAttribute('aria-pressed', button.dataset.intent === intent);
    const answer = await fetch(`api/explain?intent=${intent}`);
    if (!answer.ok || this.intent !== intent) return;
    const { summary, rows } = await answer.json();
    setText(byId('explain').caption, summary);
    const body = byId('explain').tBodies[0];
    while (body.rows.length < rows.length) body.append(this.line());
    rows.forEach((row, index) => this.fill(body.rows[index], row));
    this.mark(this.selected);
  }

  line() {
    return element('tr', {}, ...columns.map(([name], index) => {
      const cell = element(index ? 'td' : 'th', index ? {} : { scope: 'row' });
      cell.dataset.label = name;
      return cell;
    }));
  }

  fill(line, row) {
    line.dataset.node = row.node;
    line.dataset.chosen = row.isChosen;
    columns.forEach(([, text], index) => setText(line.cells[index], text(row)));
  }

  mark(selected) {
    this.selected = selected;
    for (const line of byId('explain').tBodies[0].rows) line.dataset.selected = line.dataset.node === selected;
  }
}
