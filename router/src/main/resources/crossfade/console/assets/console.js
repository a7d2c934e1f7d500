// Draws the rates that the live cards carry. Everything else on the pages works without a script of ours.
(() => {
  'use strict';
  const SECONDS = 300;
  const target = document.getElementById('chart');
  if (!target || !window.uPlot) {
    return;
  }
  const data = [[], [], []];
  const width = () => Math.max(280, target.clientWidth);
  const axis = { stroke: '#57606a', grid: { stroke: '#e4e8ec' } };
  const chart = new uPlot(
    {
      width: width(),
      height: 220,
      legend: { live: false },
      scales: { y: { range: (plot, low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [axis, { ...axis, size: 60 }],
      series: [
        {},
        { label: target.dataset.legacy, stroke: '#d55e00', width: 2, dash: [6, 3], points: { show: false } },
        { label: target.dataset.stream, stroke: '#0072b2', width: 2, points: { show: false } },
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
  window.addEventListener('resize', () => chart.setSize({ width: width(), height: 220 }));
})();
