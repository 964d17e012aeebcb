/** Columns of the report file, in the order of the template; a file may order them as it likes. */
export const surveyColumns = [
  '種別',
  '項目',
  '値',
  '方法',
  '根拠',
  '日時',
  '場所',
  '重要度',
  '対処',
  '工数',
  '理由',
] as const;

/** A row whose kind begins so shows how to fill in a report, and is no part of one. */
export const exampleMark = '例';

/** How gravely a finding weighs, as the report writes it. */
export const severityWords = { info: '情報', warning: '注意', blocker: '重大' } as const;
