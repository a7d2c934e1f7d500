// Everything on the pages works without a script of ours, but for what follows and for repair.

// What is live and has heard nothing for 5 s greys out and says so: the server may hang with its connection open,
// and a tab may have slept.
(() => {
  'use strict';
  const LIMIT_MS = 5000;
  const said = document.getElementById('silent');
  const main = document.getElementById('content');
  const live = () => document.querySelector('[sse-connect], [hx-trigger^="every"]');
  if (!said) {
    return;
  }
  let heardAt = Date.now();
  const look = () => {
    const silent = Date.now() - heardAt;
    const isSilent = silent > LIMIT_MS && live() !== null;
    main.classList.toggle('silent', isSilent);
    said.hidden = !isSilent;
    if (isSilent) {
      const text = said.dataset.words.replace('%s', `${Math.floor(silent / 1000)} s`);
      // An alert is read out when it appears, not each second.
      said.firstElementChild.textContent = text;
    }
  };
  const heard = () => {
    heardAt = Date.now();
    look();
  };
  document.body.addEventListener('htmx:sseMessage', heard);
  document.body.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) {
      heard();
    }
  });
  ['visibilitychange', 'resume'].forEach((name) => document.addEventListener(name, look));
  ['pageshow', 'online', 'focus'].forEach((name) => window.addEventListener(name, look));
  window.setInterval(look, 1000);
})();

// Draws the rates that the live cards carry.
(() => {
  'use strict';
  const SECONDS = 300;
  const target = document.getElementById('chart');
  if (!target || !window.uPlot) {
    return;
  }
  const data = [[], [], []];
  const width = () => Math.max(280, target.clientWidth);
  const color = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name);
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--faint') } };
  const chart = new uPlot(
    {
      width: width(),
      height: 220,
      legend: { live: false },
      scales: { y: { range: (plot, low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [axis, { ...axis, size: 60 }],
      series: [
        {},
        { label: target.dataset.legacy, stroke: color('--legacy'), width: 2, dash: [6, 3], points: { show: false } },
        { label: target.dataset.stream, stroke: color('--stream'), width: 2, points: { show: false } },
      ],
    },
    data,
    target,
  );
  const sum = (cards, rate) => cards.reduce((all, card) => all + Number(card.dataset[rate]), 0);
  document.body.addEventListener('htmx:sseMessage', () => {
    const cards = [...document.querySelectorAll('#live .card')];
    data[0].push(Date.now() / 1000);
    data[1].push(sum(cards, 'legacy'));
    data[2].push(sum(cards, 'stream'));
    if (data[0].length > SECONDS) {
      data.forEach((series) => series.shift());
    }
    chart.setData(data);
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
  window.addEventListener('resize', () => chart.setSize({ width: width(), height: 220 }));
})();
