import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Form, parseForm } from '../../functions/case/form.ts';

const form: Form<{ name: string; size: number }> = {
  title: '',
  sections: [],
  submit: '',
  schema: z.object({
    name: z.string().min(1, '名前を入力してください。'),
    size: z.coerce.number('数字で入力してください。'),
  }),
};

test('a valid form becomes its value', () => {
  expect(parseForm(form, { name: '髙﨑', size: '3' })).toEqual({ name: '髙﨑', size: 3 });
});

test('an invalid form names each field once, in Japanese', () => {
  try {
    parseForm(form, { name: '', size: 'x' });
    throw new Error('accepted');
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).fields).toEqual({
      name: '名前を入力してください。',
      size: '数字で入力してください。',
    });
  }
});
