import { byId, element, setText } from './dom.js';
import { Explain } from './explain.js';
import { Faults } from './faults.js';
import { ClusterMap } from './map.js';
import { Speech } from './speech.js';
import { Timeline } from './timeline.js';

const explain = new Explain();
const faults = new Faults();
const map = new ClusterMap(select);
const speech = new Speech(isAllowed => { byId('read-out').hidden = !isAllowed; });
const timeline = new Timeline();
let selected = null;
let latest = null;

function select(name) {
  selected = name;
  explain.mark(name);
  show(latest);
  explain.ask();
  byId('node').scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
}

function show(picture) {
  latest = picture;
  const { state, answer } = picture;
  selected ??= state.nodes.find(n => n.role === 'primary')?.name ?? null;
  map.show(state, selected);
  setText(byId('wrong'), `${answer.wrong} ${answer.consequence}`);
  byId('answer').dataset.tone = answer.severity;
  document.title = answer.severity === 'good' ? 'ClusterClient' : `${answer.wrong} · ClusterClient`;
  numbers({ 'writes/s': Math.round(state.writesPerSecond), 'reads/s': Math.round(state.readsPerSecond), 'errors': state.errors });
  const node = state.nodes.find(n => n.name === selected);
  if (node) faults.show(node);
}

function numbers(all) {
  const list = byId('numbers');
  if (!list.children.length) {
    list.append(...Object.keys(all).map(name => element('div', {}, element('dt', {}, name), element('dd'))));
  }
  Object.values(all).forEach((value, index) => setText(list.children[index].lastChild, `${value}`));
}

byId('read-out').onclick = async () => {
  const { wrong, consequence } = await (await fetch('api/wrong')).json();
  speech.say(`${wrong} ${consequence}`);
};

const stream = new EventSource('api/stream');
stream.addEventListener('history', message => {
  const { pictures, sentences } = JSON.parse(message.data);
  map.restart(pictures.slice(0, -1));
  timeline.restart(sentences);
  if (pictures.length) show(pictures.at(-1));
  explain.ask();
});
stream.addEventListener('picture', message => show(JSON.parse(message.data)));
stream.addEventListener('sentence', message => {
  const entry = JSON.parse(message.data);
  timeline.add(entry);
  if (entry.isSerious) speech.say(entry.sentence);
});
stream.onerror = () => {
  setText(byId('wrong'), 'The program that this page belongs to does not answer. What is below is the last that was heard of it.');
  byId('answer').dataset.tone = 'bad';
};
setInterval(() => { if (!document.hidden) explain.ask().catch(() => {}); }, 1000);
