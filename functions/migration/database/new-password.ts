import { randomInt } from 'node:crypto';

/** Without characters that look alike or that a shell, a URL or a configuration file reads otherwise. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** 24 characters, about 139 bits, with one of each kind that password rules ask for. */
export function newPassword(): string {
  for (;;) {
    const password = Array.from({ length: 24 }, () => letters[randomInt(letters.length)]).join('');
    if (/[A-Z]/.test(password) && /[a-z]/.test(password) && /\d/.test(password)) return password;
  }
}
