/* One question a screen: draws it, reads it, and follows the path through the questionnaire. */
(function () {
  'use strict';
  const K = window.kiosk, words = JSON.parse(document.body.dataset.words);
  K.language = 'vi';

  K.say = (name, values) => {
    const text = (words[K.language] || words.vi)[name];
    return text.replace(/\{(\w+)\}/g, (whole, key) => (values && key in values ? values[key] : whole));
  };
  K.pick = text => (text ? text[K.language] || text.vi || text[Object.keys(text)[0]] : '');
  K.el = (tag, about, ...children) => {
    const made = document.createElement(tag);
    Object.keys(about || {}).forEach(name => {
      if (typeof about[name] === 'function') made.addEventListener(name, about[name]);
      else if (about[name] !== false && about[name] != null) made.setAttribute(name, about[name]);
    });
    made.append(...children.filter(child => child != null && child !== false && child !== ''));
    return made;
  };
  const el = K.el;

  /* Items whose conditions hold, in file order; an item that its own gate hides opens no later gate. */
  K.path = (screens, answers) => {
    const shown = new Set();
    return screens.filter(screen => {
      const open = screen['if'].every(gate => shown.has(gate[0]) &&
        (answers[gate[0]] || []).some(code => gate[1].includes(code)));
      if (open) shown.add(screen.item);
      return open;
    });
  };

  const filled = (answers, item) => (answers[item] || []).some(value => value.trim());

  /* What the server would say to this screen, or nothing. */
  K.complaint = (screen, answers) => {
    const text = (answers[screen.item] || [''])[0].trim();
    if (screen.required && !filled(answers, screen.item)) return K.say('need');
    if (!text) return '';
    if (screen.kind === 'number' && !(/^[+-]?\d{1,9}$/.test(text) && +text >= screen.low && +text <= screen.high)) {
      return K.say('need_number', screen);
    }
    return screen.kind === 'date' && !isDay(text) ? K.say('need_day') : '';
  };

  function isDay(text) {
    const found = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
    if (!found) return false;
    const day = new Date(found[3], found[2] - 1, found[1]);
    return +found[3] > 99 && day.getMonth() === found[2] - 1 && day.getDate() === +found[1];
  }

  /* The answers on the path, with the words of an option that was chosen; nothing else leaves the screen. */
  K.given = (screens, answers) => {
    const kept = {};
    K.path(screens, answers).forEach(screen => {
      if (filled(answers, screen.item)) kept[screen.item] = answers[screen.item];
      const own = screen.question + '_text';
      if (filled(answers, own) && specifies(screen, answers)) kept[own] = answers[own];
    });
    return kept;
  };

  const specifies = (screen, answers) => screen.options.some(option =>
    option.specify && (answers[screen.item] || []).includes(option.code));

  K.draw = (screen, answers, changed) => {
    const id = 'q', chosen = answers[screen.item] || [];
    const help = screen.help || screen.kind === 'many' || screen.kind === 'date' || !screen.required;
    const described = help ? 'help' : null;
    const lead = text => text && el('span', {'class': 'lead'}, K.pick(text));
    const title = [lead(screen.section), lead(screen.lead), K.pick(screen.text)];
    const heading = screen.kind === 'one' || screen.kind === 'many'
      ? el('legend', null, el('h1', {tabindex: -1}, ...title.filter(Boolean)))
      : el('h1', {tabindex: -1}, el('label', {'for': id}, ...title.filter(Boolean)));
    const hints = [K.pick(screen.help), screen.kind === 'many' && K.say('several'), screen.kind === 'date' && K.say('day'),
      !screen.required && K.say('optional')].filter(Boolean).join(' ');
    const parts = [heading, el('p', {id: 'help', 'class': 'soft', hidden: !hints && ''}, hints)];
    if (heading.tagName === 'LEGEND') {
      const choose = (code, on) => {
        const before = (answers[screen.item] || []).filter(one => one !== code);
        answers[screen.item] = screen.kind === 'many' ? before.concat(on ? code : []) : [code];
        if (specify) specify.hidden = !specifies(screen, answers);
        changed();
      };
      const option = (one, apart) => el('label', {'class': 'option' + (apart ? ' apart' : '')},
        Object.assign(el('input', {
          type: screen.kind === 'many' ? 'checkbox' : 'radio', name: id, value: one.code, autocomplete: 'off',
          change: event => choose(one.code, event.target.checked)
        }), {checked: chosen.includes(one.code)}),
        screen.numbered && !apart && el('b', null, one.code), el('span', null, K.pick(one.label)));
      const own = screen.question + '_text';
      const specify = screen.options.some(one => one.specify) &&
        el('label', {'class': 'specify'}, K.say('specify'), box(own, 'input', 200, answers, changed));
      if (specify) specify.hidden = !specifies(screen, answers);
      parts.push(el('div', {'class': screen.numbered ? 'scale' : 'list'}, ...screen.options.map(one => option(one))),
        ...screen.apart.map(one => option(one, true)), specify);
      return el('fieldset', {'aria-describedby': described}, ...parts);
    }
    const field = box(screen.item, screen.kind === 'long' ? 'textarea' : 'input', screen.length, answers, changed);
    field.id = id;
    if (described) field.setAttribute('aria-describedby', described);
    if (screen.kind === 'number' || screen.kind === 'date') field.inputMode = screen.kind === 'number' ? 'numeric' : 'decimal';
    return el('div', null, ...parts, field);
  };

  function box(item, tag, length, answers, changed) {
    const field = el(tag, {
      autocomplete: 'off', autocorrect: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: length, rows: tag === 'textarea' && 4,
      input: () => { answers[item] = [field.value]; changed(); }
    });
    field.value = (answers[item] || [''])[0];
    return field;
  }
})();
