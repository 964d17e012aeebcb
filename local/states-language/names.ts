/** Why this is no execution name (API reference, StartExecution: Name), or undefined. */
export const executionNameProblem = (name: unknown): string | undefined => {
  if (typeof name !== 'string' || name.length < 1 || name.length > 80) {
    return 'An execution name has 1 to 80 characters.';
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the reference forbids them by code point.
  if (/[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/u.test(name)) {
    return 'An execution name has no white space, brackets, wildcards, control characters or "#%\\^|~`$&,;:/.';
  }
  return undefined;
};
