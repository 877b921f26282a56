import { byId, element, setText } from './dom.js';

// Each has its place, so that none is pressed in mistake for another that was there before.
const places = [
  ['kill'], ['hang', 'resume'], ['cut-link', 'heal-link'], ['pause-replay', 'resume-replay'], ['promote'], ['restart'], ['rejoin'],
];
const harmful = ['kill', 'hang', 'cut-link', 'pause-replay'];
const labels = {
  'kill': 'Kill', 'hang': 'Hang', 'resume': 'Resume', 'promote': 'Promote', 'restart': 'Restart', 'rejoin': 'Rejoin as replica',
  'cut-link': 'Cut the link', 'heal-link': 'Heal the link', 'pause-replay': 'Pause replay', 'resume-replay': 'Resume replay',
};

// The buttons of the selected node. They are made anew only when what can be done has changed.
export class Faults {
  shown = '';

  show(node) {
    setText(byId('node-title'), node.name);
    byId('faults').setAttribute('aria-label', `Faults for ${node.name}`);
    const key = `${node.name} ${node.actions}`;
    if (key === this.shown) return;
    this.shown = key;
    const focused = [...byId('faults').children].indexOf(document.activeElement);
    byId('faults').replaceChildren(...places.map(place => {
      const offered = place.find(action => node.actions.includes(action));
      return this.button(node.name, offered ?? place[0], !offered);
    }));
    byId('faults').children[focused]?.focus();
  }

  button(node, action, disabled) {
    const made = element(
      'button',
      { type: 'button', disabled, className: harmful.includes(action) ? 'harmful' : '', 'aria-label': `${labels[action]}: ${node}`, onclick: () => this.act(made, node, action) },
      labels[action]);
    made.dataset.action = action;
    return made;
  }

  async act(button, node, action) {
    button.setAttribute('aria-busy', 'true');
    setText(byId('refused'), '');
    try {
      const answer = await fetch(`api/nodes/${node}/${action}`, { method: 'POST' });
      if (!answer.ok) setText(byId('refused'), (await answer.json()).detail ?? answer.statusText);
    } catch {
      setText(byId('refused'), 'The program does not answer.');
    } finally {
      button.removeAttribute('aria-busy');
    }
  }
}
