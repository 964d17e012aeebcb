import { type Html, html, trusted } from './markup.ts';

/** Days that a draft waits in the browser. */
const days = 7;

/**
 * Keeps what is typed into `form[data-draft]` in this browser until it is sent: under the form's name, which is no
 * credential. Never a password, a key, a file or anything else that goes to the vault (`data-confided`), never a hidden
 * field. A form that came back with an error shows what was sent, and that is kept then. Where there is no storage, or no
 * script runs, the page says that nothing is kept.
 */
export const draftScript = `
(() => {
  const prefix = 'hikkoshi-draft ';
  const lasts = ${days} * 86400000;
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(prefix)) continue;
      let at = 0;
      try { at = JSON.parse(localStorage.getItem(key)).at; } catch {}
      if (!(lasts > Date.now() - at)) localStorage.removeItem(key);
    }
    const sent = document.querySelector('[data-draft-sent]');
    if (sent) localStorage.removeItem(prefix + sent.dataset.draftSent);
    const form = document.querySelector('form[data-draft]');
    if (!form) return;
    const key = prefix + form.dataset.draft;
    const controls = () => [...form.elements].filter((control) => control.name && control.dataset.confided === undefined
      && !['hidden', 'password', 'file', 'submit'].includes(control.type));
    const chosen = (control) => ['radio', 'checkbox'].includes(control.type);
    const read = () => controls().map((control) => [control.name, chosen(control) ? [control.value, control.checked] : control.value]);
    const opened = JSON.stringify(read());
    const save = () => {
      const values = read();
      if (JSON.stringify(values) === opened && !localStorage.getItem(key)) return;
      try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values })); } catch {}
    };
    const restore = (values) => {
      const given = new Map(values.map(([name, value]) => [Array.isArray(value) ? name + ' ' + value[0] : name, value]));
      for (const control of controls()) {
        const value = given.get(chosen(control) ? control.name + ' ' + control.value : control.name);
        if (chosen(control) && Array.isArray(value)) control.checked = value[1] === true;
        else if (!chosen(control) && typeof value === 'string') control.value = value;
      }
    };
    for (const note of document.querySelectorAll('[data-draft-note]')) note.hidden = note.dataset.draftNote !== 'on';
    const restored = document.querySelector('[data-draft-note=restored]');
    const kept = localStorage.getItem(key);
    if (form.dataset.draftFresh !== undefined) {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read() }));
    } else if (kept) {
      restore(JSON.parse(kept).values);
      if (JSON.stringify(read()) !== opened) restored.hidden = false;
    }
    restored.querySelector('button').addEventListener('click', () => {
      localStorage.removeItem(key);
      form.reset();
      restored.hidden = true;
      document.querySelector('h1').scrollIntoView();
    });
    let waiting;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(save, 300); };
    form.addEventListener('input', soon);
    form.addEventListener('change', soon);
    addEventListener('pagehide', save);
    document.addEventListener('visibilitychange', save);
  } catch {}
})();
`;

const script = trusted(`<script>${draftScript}</script>`);

/** Stands before a form that is kept: what the script then shows or hides. `minutes` that it takes, where that is long. */
export function draftNotes(minutes: number | undefined): Html {
  const effort = minutes !== undefined && `ご入力の目安は約${minutes}分です。`;
  return html`<p class="note good" role="status" data-draft-note="restored" hidden>前回の入力の途中から再開しています。パスワードなどの接続情報とファイルは保存していませんので、もう一度ご入力ください。 <button type="button" class="quiet">下書きを消して、はじめから入力する</button></p>
${minutes !== undefined && html`<p class="note info" data-draft-note="off">${effort}送信するまで内容は保存されませんので、続けてご記入ください。送信後に不備が見つかった場合は、修正できます。</p>`}
<p class="note info" data-draft-note="on" hidden>${effort}入力の途中の内容は、このブラウザに${days}日間だけ自動で保存され、同じメールのリンクから再開できます。送信すると消えます。パスワードなどの接続情報とファイルは保存しません。</p>`;
}

/** At the end of the page. */
export function draftKeeper(): Html {
  return script;
}

/** On the page after it was sent: the draft of this name is no longer needed. */
export function draftSent(name: string): Html {
  return html`<span hidden data-draft-sent="${name}"></span>${script}`;
}
