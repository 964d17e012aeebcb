import type { CheckedProtocol, ConnectionCheck } from '../case/connection-check.ts';

/** What a look at a server told. */
export type Seen = Pick<
  ConnectionCheck,
  'hostKey' | 'certificate' | 'shell' | 'entries' | 'logIns' | 'remarks'
>;

/** A server with what is pinned of it, about to be looked at. */
export interface Contact {
  protocol: CheckedProtocol;
  legacyAlgorithms?: boolean | undefined;
  /** Undefined before the first contact. */
  pinned?: string | undefined;
  /**
   * Logs in, pins what a first contact shows, and reads no more than a listing. It begins nothing new after `time`
   * milliseconds. Throws HostKeyChangedError, and others with words for the engineer.
   */
  look(time: number): Promise<Seen>;
  /** Ends a look that goes on; absent where each ends by itself when its time does. */
  close?(): void;
}

/** Of a certificate that no authority vouches for. */
export const unverified =
  '証明書を認証局で検証できません（自己署名、期限切れ、サーバ名の違いなど）。指紋をサーバの運用者にご確認ください。';
