// Picks rows of the page of differences for a repair, and asks before it is done.
(() => {
  'use strict';
  const picks = () => [...document.querySelectorAll('input[name=row][form=repair-rows]')];
  const all = document.getElementById('pick-all');
  const button = document.getElementById('repair-picked');
  const count = () => {
    const picked = picks().filter((one) => one.checked).length;
    const { none, one, many } = button.dataset;
    button.disabled = picked === 0;
    button.textContent = picked === 0 ? none : picked === 1 ? one : many.replace('#', picked);
    if (all) {
      all.checked = picked > 0 && picked === picks().length;
      all.indeterminate = picked > 0 && !all.checked;
    }
  };
  if (button) {
    document.addEventListener('change', (event) => {
      if (event.target === all) {
        picks().forEach((one) => { one.checked = all.checked; });
      }
      count();
    });
    // Going back in the browser brings what was picked back, too.
    window.addEventListener('pageshow', count);
    count();
  }
  document.body.addEventListener('htmx:afterSettle', () => {
    const dialog = document.querySelector('#repair > dialog:not([open])');
    if (dialog) {
      dialog.showModal();
    }
  });
  const rowsOf = (button) => document.getElementById(button.getAttribute('aria-controls'));
  const shut = (button) => {
    rowsOf(button).replaceChildren();
    button.setAttribute('aria-expanded', 'false');
  };
  document.body.addEventListener('htmx:beforeRequest', (event) => {
    const button = event.detail.elt;
    if (button.getAttribute('aria-expanded') === 'true') {
      event.preventDefault();
      shut(button);
    }
  });
  document.body.addEventListener('htmx:afterRequest', (event) => {
    const button = event.detail.elt;
    if (button.hasAttribute('aria-expanded') && event.detail.successful) {
      button.setAttribute('aria-expanded', 'true');
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || document.querySelector('dialog[open], [popover]:popover-open')) {
      return;
    }
    const open = [...document.querySelectorAll('#differences [aria-expanded=true]')];
    const near = open.find((one) => one === document.activeElement || rowsOf(one).contains(document.activeElement));
    const last = near ?? open.at(-1);
    if (last) {
      shut(last);
      last.focus();
    }
  });
  document.addEventListener('click', (event) => {
    const close = event.target.closest('[data-close]');
    if (close) {
      document.getElementById(close.dataset.close).close();
    }
  });
})();
