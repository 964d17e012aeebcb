import { baseStyle } from './style/base.ts';
import { consoleStyle } from './style/console.ts';
import { fixesStyle } from './style/fixes.ts';
import { formStyle } from './style/form.ts';
import { paperStyle } from './style/paper.ts';

/** The one stylesheet, inline in every page and allowed by its hash (security-headers.ts). */
export const stylesheet = [baseStyle, formStyle, paperStyle, consoleStyle, fixesStyle]
  .join('\n')
  .replace(/\n\s*/g, '\n')
  .trim();
