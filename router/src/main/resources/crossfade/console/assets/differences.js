// Picks rows of the page of differences for a repair, and asks before it is done.
(() => {
  'use strict';
  const picks = () => [...document.querySelectorAll('input[name=row][form=repair-rows]')];
  const all = () => document.getElementById('pick-all');
  const button = document.getElementById('repair-picked');
  const count = () => {
    const picked = picks().filter((one) => one.checked).length;
    const { none, one, many } = button.dataset;
    button.disabled = picked === 0;
    button.textContent = picked === 0 ? none : picked === 1 ? one : many.replace('#', picked);
    const whole = all();
    if (whole) {
      whole.checked = picked > 0 && picked === picks().length;
      whole.indeterminate = picked > 0 && !whole.checked;
    }
  };
  if (button) {
    document.addEventListener('change', (event) => {
      if (event.target.id === 'pick-all') {
        picks().forEach((one) => { one.checked = event.target.checked; });
      }
      count();
    });
    // Going back in the browser brings what was picked back, too.
    window.addEventListener('pageshow', count);
    count();
  }

  // While a run goes on the list comes anew, but not from under a person who picks, reads or is asked.
  const isHeld = () => picks().some((one) => one.checked)
    || document.querySelector('#differences [aria-expanded=true], #repair > dialog[open]') !== null;
  const hold = (event) => {
    if (event.detail.target?.id !== 'found') {
      return;
    }
    const held = isHeld();
    const said = document.getElementById('held');
    if (said) {
      said.hidden = !held;
    }
    if (held) {
      event.preventDefault();
    }
  };
  document.body.addEventListener('htmx:beforeRequest', hold);
  document.body.addEventListener('htmx:beforeSwap', hold);
  document.body.addEventListener('htmx:afterSwap', () => {
    const found = document.getElementById('found');
    const matching = document.getElementById('repair-matching');
    if (found && matching) {
      matching.textContent = found.dataset.matching;
      matching.disabled = found.dataset.unrepaired === '0';
      count();
    }
  });
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
