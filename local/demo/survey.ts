import { surveyFile } from '../play/survey-file.ts';
import type { People } from './people.ts';

const title = '環境調査の報告';

/** First a report with two mistakes, which is refused line by line; then one without. */
export async function handInSurvey(people: People): Promise<void> {
  const { c } = await people.turnOf('survey');
  const { player, teller } = people.options;
  const report = surveyFile(new Date());
  const wrong = report.replace('"1.2"', '"少し"').replace('"注意"', '"ふつう"');
  const refused = await player.sendSurvey(c, wrong);
  const mistakes = wrongLines(await refused.text());
  if (refused.status !== 422 || mistakes.length !== 2) {
    throw new Error(`誤り2か所の報告への応答が正しくありません（${refused.status}、${mistakes.length}件）。`);
  }
  teller.tell('engineer', `${title}：誤りがあり、受け付けられませんでした`);
  for (const mistake of mistakes) teller.add(mistake);
  await people.accepted(await player.sendSurvey(c, report), 303, title);
  teller.tell('engineer', `${title}：直して、受け付けられました`);
}

function wrongLines(page: string): string[] {
  const rows = page.matchAll(/data-label="箇所">(.*?)<\/td><td data-label="内容">(.*?)<\/td>/gs);
  return [...rows].map(([, place, sentence]) => `${place}: ${sentence}`);
}
