import type { Stage } from '../../case/case.ts';
import type { Html } from '../markup.ts';
import { route } from '../route.ts';

const stations = [
  '受付',
  '簡易お見積もり',
  '同意・環境調査',
  '正式お見積もり',
  'お申込み',
  '移行作業',
  '動作確認・検収',
  'ご請求',
];

const at: Record<Stage, number> = {
  opened: 0,
  hearing: 1,
  consulting: 1,
  'simple-quoted': 1,
  consenting: 2,
  surveying: 2,
  quoting: 3,
  'formal-quoted': 3,
  'reviewing-order': 4,
  ordered: 4,
  migrating: 5,
  checking: 6,
  reworking: 6,
  completed: 7,
  invoiced: 7,
  declined: 3,
  closed: 0,
};

/** The whole way from the first call to the bill. */
export function stageRoute(stage: Stage): Html {
  return route('案件の進み具合', stations, at[stage]);
}
