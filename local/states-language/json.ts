/** JSON as the States Language passes it between states. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Bytes of UTF-8 that a state's input, output, arguments, result or variable may have (Step Functions quotas). */
export const dataLimit = 262_144;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** UTF-8 bytes of a string, without encoding it when it is surely small. */
export const isWithinDataLimit = (text: string): boolean =>
  text.length * 3 <= dataLimit || Buffer.byteLength(text) <= dataLimit;
