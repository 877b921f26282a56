import { camelToWords, element, milliseconds, setText } from './dom.js';
import { Sparkline } from './sparkline.js';

// A node's box on the map: what it is, three charts, and its circuit.
export class NodeCard {
  constructor(name, select) {
    this.title = element('button', { type: 'button', className: 'name', onclick: () => select(name) }, name);
    this.role = element('span', { className: 'role' });
    this.facts = element('span');
    this.trouble = element('p', { className: 'trouble' });
    this.charts = {
      latency: chart('latency'),
      inFlight: chart('in flight'),
      share: chart('share'),
    };
    this.circuit = element('span', { className: 'circuit' });
    this.box = element(
      'article', { className: 'node' },
      element('h4', {}, this.title, this.role),
      element('p', { className: 'facts' }, this.facts, this.circuit),
      element('dl', { className: 'charts' }, ...Object.values(this.charts).map(c => c.row)),
      this.trouble);
    this.box.dataset.node = name;
  }

  show(node, past, length, tops, isSelected) {
    this.box.dataset.role = node.role;
    this.box.dataset.status = node.status;
    this.box.dataset.selected = isSelected;
    this.title.setAttribute('aria-pressed', isSelected);
    setText(this.role, node.role === 'unknown' ? camelToWords(node.status) : node.role);
    setText(this.facts, `epoch ${node.epoch}${node.role === 'replica' ? ` · lag ${milliseconds(node.lag)}` : ''}`);
    setText(this.trouble, [node.injected, node.reason].filter(Boolean).join(' · '));
    this.charts.latency.show(milliseconds(node.latency), past.map(n => n.latency), tops.latency, length);
    this.charts.inFlight.show(`${node.inFlight}${node.queued ? ` +${node.queued}` : ''}`, past.map(n => n.inFlight), tops.inFlight, length);
    this.charts.share.show(`${Math.round(100 * node.share)} %`, past.map(n => n.share), 1, length);
    this.circuit.dataset.circuit = node.circuit;
    setText(this.circuit, `circuit ${camelToWords(node.circuit)}${node.isEjected ? ', ejected' : ''}`);
  }
}

function chart(label) {
  const line = new Sparkline();
  const value = element('b');
  return {
    row: element('div', {}, element('dt', {}, label), element('dd', {}, line.svg, value)),
    show(text, values, top, length) {
      setText(value, text);
      line.draw(values, top, length);
    },
  };
}
