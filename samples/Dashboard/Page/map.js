import { byId, element, milliseconds, setText } from './dom.js';
import { NodeCard } from './nodeCard.js';

const kept = 60;

// Regions as boxes with their nodes in them. Elements stay the same, so that focus and screen readers keep their place.
export class ClusterMap {
  constructor(select) {
    this.select = select;
    this.regions = new Map();
    this.cards = new Map();
    this.past = [];
  }

  restart(pictures) {
    this.past = pictures.map(p => p.state);
  }

  show(state, selected) {
    this.past.push(state);
    this.past.splice(0, this.past.length - kept);
    const all = this.past.flatMap(s => s.nodes);
    // One scale for all nodes: a chart that is higher is a node that is slower.
    const tops = {
      latency: Math.max(5, ...all.map(n => n.latency ?? 0)),
      inFlight: Math.max(4, ...all.map(n => n.inFlight)),
    };
    state.nodes.forEach((node, index) => {
      this.card(node).show(node, this.past.map(s => s.nodes[index]), kept, tops, node.name === selected);
    });
    for (const [name, region] of this.regions) {
      const nodes = state.nodes.filter(n => n.region === name);
      const way = name === state.here ? 'this program runs here' : `${milliseconds(Math.min(...nodes.map(n => n.roundTrip)))} away`;
      setText(region, `${way} · ${nodes.filter(n => n.status === 'online').length} of ${nodes.length} online`);
    }
  }

  card(node) {
    let card = this.cards.get(node.name);
    if (!card) {
      card = new NodeCard(node.name, this.select);
      this.cards.set(node.name, card);
      const nodes = this.region(node.region);
      nodes.append(card.box);
      // A region is as wide as it has nodes.
      nodes.parentElement.style.flexGrow = nodes.children.length;
    }
    return card;
  }

  region(name) {
    const id = `region-${name}`;
    if (!this.regions.has(name)) {
      const summary = element('span');
      byId('regions').append(element(
        'section', { className: 'region', 'aria-labelledby': id },
        element('h3', { id }, name, summary),
        element('div', { className: 'nodes' })));
      this.regions.set(name, summary);
    }
    return byId(id).nextElementSibling;
  }
}
