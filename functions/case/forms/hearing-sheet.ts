import type { Plan } from '../case.ts';
import { cybozuInstallationNotice, planNames, serverNames } from '../eligibility.ts';
import { contractNumber } from '../fields/codes.ts';
import { host, hosts } from '../fields/host.ts';
import { kana } from '../fields/kana.ts';
import { mail } from '../fields/mail.ts';
import { phone, postalCode } from '../fields/phone.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group, groupWhen } from './compose.ts';
import { type CaseForm, type FormContext, planOptions } from './context.ts';
import { checkCopyHours, copyHoursChapter } from './copy-hours-questions.ts';
import { contentQuestions, neededByPlan } from './hearing-sheet-content.ts';
import { wishes } from './hearing-sheet-wishes.ts';
import { ask, choice, choices, optional, textLine } from './question.ts';

const accessKinds = {
  ftp: 'FTP／FTPS',
  sftp: 'SFTP',
  ssh: 'SSH（コマンド操作）',
  panel: 'サーバの管理画面',
  database: 'データベースへの外部接続、または phpMyAdmin',
  imap: 'メールの IMAP 接続',
  pop: 'メールの POP 接続のみ',
  unknown: '分からない',
};

const dnsOwners = {
  self: '自社（ドメイン管理会社の画面に入れる）',
  agency: '制作会社など、社外の方',
  vendor: '移行元サーバの会社',
  unknown: '分からない',
};

/** ヒアリングシート (R26, R27). No passwords: they are asked for when they are needed. */
export function hearingSheet({ c, settings, now }: FormContext): CaseForm {
  const customer = {
    contractNumber: ask('text', '契約番号', contractNumber(), {
      help: 'ご契約時の書類に記載の番号です。',
      maxLength: 64,
    }),
    serverKind: choice('ご契約のサーバ（移行先）', serverNames),
    company: optional(
      textLine('会社名・団体名', 100, {
        autocomplete: 'organization',
        help: '個人のお客さまは空欄で結構です。',
      }),
    ),
    kana: ask('text', 'フリガナ（会社名、個人の方はお名前）', kana(100), {
      maxLength: 100,
      placeholder: 'カブシキガイシャミホン',
    }),
    department: optional(textLine('部署名', 100)),
    person: textLine('ご担当者のお名前', 60, { autocomplete: 'name' }),
    mail: ask('email', 'メールアドレス', mail(), { autocomplete: 'email', maxLength: 254 }),
    phone: ask('tel', '電話番号', phone(), {
      autocomplete: 'tel',
      placeholder: '03-1234-5678',
      maxLength: 40,
    }),
    postalCode: ask('text', '郵便番号', postalCode(), {
      autocomplete: 'postal-code',
      placeholder: '123-4567',
      maxLength: 20,
    }),
    address: textLine('ご住所', 200, { autocomplete: 'street-address' }),
  };
  const source = {
    sourceHost: ask('text', '移行元サーバの名前', host(), {
      placeholder: 'www.example.jp',
      help: '現在のホームページのアドレス、または FTP ソフトの「ホスト名」です。',
      maxLength: 300,
    }),
    sourceVendor: textLine('移行元サーバの会社・サービス名', 100, {
      help: '分からない場合は「不明」とご記入ください。',
    }),
    sourcePanel: optional(textLine('管理画面の名前', 100, { help: 'Plesk、cPanel、独自の画面など。' })),
    accessKinds: choices('移行元サーバに入る方法', accessKinds, {
      help: '使えるものをすべてお選びください。パスワードは、ここには書かないでください。',
    }),
    domains: ask('textarea', '移行するドメイン', hosts(50), {
      placeholder: 'example.jp\nexample.com',
      help: '1行に1つ、50件までご記入ください。',
      maxLength: 4000,
    }),
    dnsOwner: choice('ドメインの DNS を変更できる方', dnsOwners, {
      help: 'DNS は、ドメイン（example.jp など）をどのサーバで使うかの設定です。新しいサーバに切り替える日に、変更をお願いします。',
    }),
  };
  const offered = planOptions(c.customer);
  const plans = {
    plans: choices('移行をご希望のデータ', offered, {
      help: 'お選びになったデータについて、下で詳しくお聞きします。',
    }),
    cybozuInUse: choice('現在、サイボウズを', { no: '使っていない', yes: '使っている' }),
  };
  const chosen = (plan: Plan) => ({ field: 'plans', value: plan });
  const content = contentQuestions();
  return composeForm({
    title: tasks['hearing-sheet'].title,
    lead: '現在のサーバと、移行したいデータについてお聞かせください。分かる範囲で結構です。この内容に漏れがないことを確認してから、簡易お見積もりをご提示します。',
    submit: 'この内容で送信する',
    groups: [
      group('1. お客さまについて', customer),
      group('2. 現在のサーバ（移行元）について', source),
      group('3. 移行するデータ', plans, offered.cybozu ? cybozuInstallationNotice : undefined),
      groupWhen(
        chosen('web'),
        '4. Web データ',
        content.web,
        '「Web データ移行」をお選びの場合にご記入ください。',
      ),
      groupWhen(
        chosen('database'),
        '5. データベース',
        content.database,
        '「DB データ移行」をお選びの場合にご記入ください。',
      ),
      groupWhen(
        chosen('mail'),
        '6. メール',
        content.mail,
        '「メールデータ移行」をお選びの場合にご記入ください。',
      ),
      groupWhen(
        chosen('cybozu'),
        '7. サイボウズ',
        content.cybozu,
        '「サイボウズデータ移行」をお選びの場合にご記入ください。',
      ),
      group('8. ご希望', wishes(now)),
      copyHoursChapter('9. コピーしてよい時間帯'),
    ],
    rules: (value, refuse) => {
      for (const [plan, names] of Object.entries(neededByPlan) as [Plan, (typeof neededByPlan)[Plan]][]) {
        if (!value.plans?.includes(plan)) continue;
        for (const name of names) {
          if (value[name] === undefined)
            refuse(name, `${planNames[plan]}のお見積もりに必要です。入力してください。`);
        }
      }
      checkCopyHours(value, refuse);
      if (value.sourceHost && !dotted(value.sourceHost))
        refuse('sourceHost', 'サーバ名を「www.example.jp」の形で入力してください。');
      if (value.domains?.some((domain) => !dotted(domain)))
        refuse('domains', 'ドメインを1行に1つ、「example.jp」の形で入力してください。');
      if (value.plans?.includes('cybozu') && value.cybozuInUse === 'no') {
        refuse('cybozuInUse', 'サイボウズデータ移行をお選びの場合は「使っている」をお選びください。');
      }
      if (value.serverKind && value.serverKind !== c.customer.serverKind) {
        const { phone } = settings.support[c.customer.serverKind];
        refuse(
          'serverKind',
          `当社の記録（${serverNames[c.customer.serverKind]}）と異なります。お電話（${phone}）でお知らせください。`,
        );
      }
    },
  });
}

/** A name in the public DNS, or an IPv6 address: `localhost` and a machine's short name are neither. */
function dotted(host: string): boolean {
  return /[.:]/.test(host);
}
