/** Codes of a connection that failed on the way: the same request may succeed in a moment. */
const lostConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

const busy =
  /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|SlowDown|ServiceUnavailable|InternalFailure|InternalServerError|InternalError|TimeoutError|RequestTimeout|TransactionInProgress/;

/** Whether a service of AWS, or the network on the way there, asks to be tried again. The SDK has tried several times. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $retryable, $metadata } = error as Error & {
    code?: unknown;
    $retryable?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return (
    busy.test(error.name) ||
    Boolean($retryable) ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    (typeof code === 'string' && lostConnection.has(code))
  );
}
