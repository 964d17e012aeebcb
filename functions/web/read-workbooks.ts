import { InvalidInputError } from '../case/errors.ts';
import { type Field, type Form, type Posted, parseForm } from '../case/form.ts';
import { RefusedWorkbook, refusals } from './workbook/refused-workbook.ts';
import { workbookText } from './workbook/workbook-text.ts';

/**
 * As parseForm, for a form that may ask for a file. No browser sends a file a second time by itself: where anything is
 * refused, it is asked for again. Throws InvalidInputError.
 */
export async function parseWithFiles<T>(form: Form<T>, posted: Posted): Promise<T> {
  try {
    return parseForm(form, await readWorkbooks(form, posted));
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const sent = fieldsOf(form).filter(({ name, kind }) => kind === 'file' && posted[name]);
    const again = sent.map(({ name }) => [name, 'ファイルは残していません。もう一度選んでください。']);
    throw new InvalidInputError(error.message, { ...Object.fromEntries(again), ...error.fields });
  }
}

/**
 * Where a form asks for a file and a workbook of Excel was sent, its text, as if it had been saved as CSV. `postedForm` gives
 * workbooks as bytes (latin1). Throws InvalidInputError with what to do.
 */
export async function readWorkbooks(form: Pick<Form<unknown>, 'sections'>, posted: Posted): Promise<Posted> {
  const read: Posted = { ...posted };
  for (const { name, kind } of fieldsOf(form)) {
    const file = Object.hasOwn(posted, name) ? posted[name] : undefined;
    if (kind !== 'file' || typeof file !== 'string') continue;
    try {
      read[name] = await textOf(file);
    } catch (error) {
      if (!(error instanceof RefusedWorkbook)) throw error;
      throw new InvalidInputError('入力内容をご確認ください。', { [name]: error.message });
    }
  }
  return read;
}

function fieldsOf(form: Pick<Form<unknown>, 'sections'>): Field[] {
  return form.sections.flatMap(({ fields }) => fields);
}

/** By their first bytes: a zip archive, and the container (MS-CFB) of old workbooks and of those with a password. */
const archive = 'PK\x03\x04';
const container = '\xd0\xcf\x11\xe0';
const encryptedPart = Buffer.from('EncryptedPackage', 'utf16le').toString('latin1');

/** Whether these bytes are no text, whatever encoding they might pass for. */
export function isWorkbook(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return start === archive || start === container;
}

async function textOf(file: string): Promise<string> {
  if (file.startsWith(archive)) return workbookText(Buffer.from(file, 'latin1'));
  if (!file.startsWith(container)) return file;
  throw new RefusedWorkbook(file.includes(encryptedPart) ? refusals.encrypted : refusals.old);
}
