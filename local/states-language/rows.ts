/** As DescribeExecution reports it. */
export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Times are milliseconds since the epoch; payloads are JSON text. */
export interface ExecutionRow {
  id: number;
  name: string;
  machine: string;
  definition: string;
  status: Status;
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  startedAt: number;
  stoppedAt: number | null;
  timeoutAt: number;
  /** The frame of another execution that waits for this one (startExecution.sync:2). */
  parentFrame: number | null;
  redrives: number;
  redrivenAt: number | null;
  events: number;
}

/**
 * enter: the state is due. invoke: a Lambda call is due or in flight. token: waits for the task token. child: waits
 * for another execution. wait, retry: wait for `wakeAt`. read: the items of a Map are due to be read. children:
 * branches or iterations run. result, error: an answer came and is due to be handled.
 */
export type Phase =
  | 'enter'
  | 'invoke'
  | 'token'
  | 'child'
  | 'wait'
  | 'retry'
  | 'read'
  | 'children'
  | 'result'
  | 'error';

/** Phases that go on without anything from outside. */
export const readyPhases: readonly Phase[] = ['enter', 'read', 'children', 'result', 'error'];

export interface FrameRow {
  id: number;
  execution: number;
  parent: number | null;
  /** Number of the branch or iteration. */
  idx: number;
  /** The frame that is the root of the distributed iteration to which this frame belongs. */
  run: number | null;
  state: string;
  phase: Phase;
  version: number;
  input: string;
  variables: string | null;
  /** Retries so far, one number for each retrier of the state. */
  attempts: string | null;
  enteredAt: number | null;
  wakeAt: number | null;
  timeoutAt: number | null;
  /** Milliseconds between heartbeats. */
  heartbeat: number | null;
  token: string | null;
  arguments: string | null;
  result: string | null;
  /** Counts of a Parallel or Map. */
  total: number;
  nextIndex: number;
  running: number;
  failed: number;
  events: number;
  stopped: number;
}

export const itemStatus = { pending: 0, running: 1, succeeded: 2, failed: 3 } as const;

/** The transitions: each is one transaction, one journal row, and a point before and after which a crash may come. */
export const writes = {
  ExecutionStarted: 1,
  ExecutionSucceeded: 1,
  ExecutionFailed: 1,
  ExecutionTimedOut: 1,
  ExecutionAborted: 1,
  ExecutionRedriven: 1,
  StateSucceeded: 2,
  WaitStarted: 1,
  TaskScheduled: 3,
  TaskAccepted: 1,
  TaskSucceeded: 2,
  TaskFailed: 1,
  RetryScheduled: 1,
  ErrorCaught: 2,
  ChildStarted: 3,
  ParallelStarted: 2,
  MapStarted: 2,
  ItemsRead: 0,
  IterationsStarted: 1,
  IterationFailed: 1,
  Pruned: 0,
} as const;

/** Values above: events of the same transition in the history of Step Functions, whose limit is 25,000. */
export type WriteName = keyof typeof writes;
export const writeNames = Object.keys(writes) as WriteName[];
