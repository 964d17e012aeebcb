// Runs in the browser, on the page under test (browser.test.ts).
(() => {
  const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
  const there = (element) => element.getClientRects().length > 0;
  const touched = [
    ...document.querySelectorAll(
      'button, .button, label.choice, input:not([type=radio], [type=checkbox], [type=hidden]), select, textarea',
    ),
  ].filter(there);
  const groups = [...document.querySelectorAll('fieldset')];
  return {
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    unlabelled: controls.filter((control) => !control.labels?.length).map((control) => control.name),
    unnamedGroups: groups.filter((group) => !group.querySelector('legend')?.textContent?.trim()).length,
    tooSmall: touched
      .filter((element) => element.getBoundingClientRect().height < 44)
      .map((element) => element.outerHTML.slice(0, 80)),
    dangling: [...document.querySelectorAll('[aria-describedby], [aria-labelledby]')]
      .flatMap((element) =>
        `${element.getAttribute('aria-describedby') ?? ''} ${element.getAttribute('aria-labelledby') ?? ''}`
          .trim()
          .split(/\s+/),
      )
      .filter((id) => !document.getElementById(id)),
    doubled: [...document.querySelectorAll('[id]')]
      .map(({ id }) => id)
      .filter((id, index, ids) => ids.indexOf(id) !== index),
    summary: document.querySelector('.summary') !== null,
    focused: document.activeElement?.className,
    language: document.documentElement.lang,
  };
})();
