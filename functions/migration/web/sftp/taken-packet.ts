import { giveBack } from '../../give-back.ts';

/** The room of the packet that is being handed on, until somebody has said that he is done with it. */
let handedOn: ArrayBufferLike | undefined;
let taken = false;

/** Beside a packet's payload there are its padding and what tells the length of that. */
const mostBesides = 256;

/**
 * Of a piece of a channel: what is needed of it has been copied. Said while it is being handed on, its room is given back
 * right after; a piece that a stream has kept for later is left alone.
 */
export function isTaken(piece: Buffer): void {
  if (piece.buffer === handedOn) taken = true;
}

/** Of ssh2 1.17 with AES-GCM, which decrypts each packet into room of its own. */
export interface Decipher {
  _onPayload(payload: Buffer): unknown;
}

/** Packets that are taken cost no collection of garbage. */
export function giveBackTaken(decipher: Decipher): void {
  const handOn = decipher._onPayload;
  decipher._onPayload = (payload) => {
    // A small one that came in parts shares its room with others.
    const own = payload.buffer.byteLength - payload.length <= mostBesides;
    handedOn = own ? payload.buffer : undefined;
    try {
      return handOn(payload);
    } finally {
      if (taken) giveBack(payload);
      handedOn = undefined;
      taken = false;
    }
  };
}
