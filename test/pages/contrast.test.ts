import { expect, test } from '@jest/globals';
import { stylesheet } from '../../functions/pages/style.ts';

/** WCAG 2.2, 1.4.3: relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const full = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function colour(name: string): string {
  const found = name.startsWith('#')
    ? name
    : new RegExp(`--${name}: (#[0-9a-f]{3,6});`).exec(stylesheet)?.[1];
  if (!found) throw new Error(`no colour ${name}`);
  return found;
}

test.each([
  ['ink', 'ground'],
  ['ink', 'kraft-pale'],
  ['soft', 'ground'],
  ['soft', 'card'],
  ['ai', 'card'],
  ['ai', 'ground'],
  ['ai-deep', 'ai-pale'],
  ['card', 'ai'],
  ['card', 'red'],
  ['kraft-deep', 'kraft-pale'],
  ['red', 'red-pale'],
  ['red', 'ground'],
  ['green', 'green-pale'],
  ['amber', 'amber-pale'],
])('text in %s can be read on %s', (text, ground) => {
  expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
});

test.each([
  ['edge', 'card'],
  ['edge', 'ground'],
  ['ai', 'ai-pale'],
])('a border in %s can be seen on %s', (border, ground) => {
  expect(contrast(colour(border), colour(ground))).toBeGreaterThanOrEqual(3);
});

test.each(['card', 'ground'])('the ring of the focus can be seen on %s', (ground) => {
  const ring = /:focus-visible \{ outline: 3px solid (#[0-9a-f]{6})/.exec(stylesheet)?.[1] ?? '';
  expect(contrast(ring, colour(ground))).toBeGreaterThanOrEqual(3);
});
