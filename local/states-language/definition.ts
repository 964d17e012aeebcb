import type { Template } from './template.ts';

/** A retrier of the field Retry (States Language: "Retrying after error"). Times are seconds. */
export interface Retrier {
  errorEquals: readonly string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number | undefined;
  fullJitter: boolean;
}

export interface Catcher {
  errorEquals: readonly string[];
  next: string;
  output: Template | undefined;
  assign: Template | undefined;
}

interface Common {
  name: string;
  /** Name of the state that follows; undefined ends the scope. */
  next: string | undefined;
  output: Template | undefined;
  /** An object template: variable -> value. */
  assign: Template | undefined;
}

export interface Fallible {
  retry: readonly Retrier[];
  catch: readonly Catcher[];
}

export interface PassState extends Common {
  type: 'Pass';
}
export interface SucceedState extends Common {
  type: 'Succeed';
}
export interface FailState extends Common {
  type: 'Fail';
  error: Template | undefined;
  cause: Template | undefined;
}
export interface WaitState extends Common {
  type: 'Wait';
  seconds: Template | undefined;
  timestamp: Template | undefined;
}
export interface ChoiceState extends Common {
  type: 'Choice';
  choices: readonly {
    condition: Template;
    next: string;
    output: Template | undefined;
    assign: Template | undefined;
  }[];
  default: string | undefined;
}

export const resources = {
  'arn:aws:states:::lambda:invoke': 'invoke',
  'arn:aws:states:::lambda:invoke.waitForTaskToken': 'invokeAndWait',
  'arn:aws:states:::states:startExecution': 'start',
  'arn:aws:states:::states:startExecution.sync:2': 'startAndWait',
} as const;

export interface TaskState extends Common, Fallible {
  type: 'Task';
  action: (typeof resources)[keyof typeof resources];
  arguments: Template;
  timeoutSeconds: Template | undefined;
  heartbeatSeconds: Template | undefined;
}

export interface ParallelState extends Common, Fallible {
  type: 'Parallel';
  branches: readonly Scope[];
  arguments: Template | undefined;
}

export interface ItemReader {
  inputType: 'JSON' | 'JSONL';
  arguments: Template;
  maxItems: Template | undefined;
}

export interface MapState extends Common, Fallible {
  type: 'Map';
  distributed: boolean;
  processor: Scope;
  items: Template | undefined;
  itemReader: ItemReader | undefined;
  itemSelector: Template | undefined;
  maxConcurrency: Template | undefined;
  toleratedFailureCount: Template | undefined;
  toleratedFailurePercentage: Template | undefined;
}

export type State =
  | PassState
  | SucceedState
  | FailState
  | WaitState
  | ChoiceState
  | TaskState
  | ParallelState
  | MapState;

/** States among which Next leads: the file's own, a branch of a Parallel, the processor of a Map. */
export interface Scope {
  startAt: string;
  states: ReadonlyMap<string, State>;
}

export interface Definition extends Scope {
  /** Names the machine in errors and pages: the file's name without `.asl.json`. */
  name: string;
  /** After substitution; kept with the executions, which go on with it when the file changes. */
  text: string;
  sha256: string;
  timeoutSeconds: number | undefined;
  /** Every state of every scope: names are unique in a file. */
  allStates: ReadonlyMap<string, State>;
}
