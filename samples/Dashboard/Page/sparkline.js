// A small chart of the last half minute: a line over a pale area. Values may be null, where there was nothing to measure.
const ns = 'http://www.w3.org/2000/svg';
const width = 120;
const height = 26;

export class Sparkline {
  constructor() {
    this.svg = document.createElementNS(ns, 'svg');
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.setAttribute('preserveAspectRatio', 'none');
    this.svg.setAttribute('aria-hidden', 'true');
    this.svg.classList.add('spark');
    this.area = this.svg.appendChild(document.createElementNS(ns, 'path'));
    this.area.classList.add('area');
    this.line = this.svg.appendChild(document.createElementNS(ns, 'path'));
    this.line.classList.add('line');
  }

  draw(values, top, length) {
    const x = index => (width * (index + length - values.length)) / (length - 1);
    const y = value => height - 1.5 - (height - 4) * Math.min(1, value / top);
    let line = '';
    let area = '';
    let begun = null;
    values.forEach((value, index) => {
      if (value == null) {
        area += begun == null ? '' : `L${x(index - 1)} ${height}Z`;
        begun = null;
        return;
      }
      const at = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      line += begun == null ? `M${at}` : `L${at}`;
      area += begun == null ? `M${x(index).toFixed(1)} ${height}L${at}` : `L${at}`;
      begun ??= index;
    });
    if (begun != null) area += `L${x(values.length - 1)} ${height}Z`;
    this.line.setAttribute('d', line);
    this.area.setAttribute('d', area);
  }
}
