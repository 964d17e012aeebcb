import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Flow, Workflow } from '../case/ports.ts';

/** Nobody waits any more: the step timed out, was done, or its execution ended. */
const nobodyWaits = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

export function stepFunctionsWorkflow(client: SFNClient, machines: Record<Flow, string>): Workflow {
  return {
    async start(flow, name, input) {
      const command = new StartExecutionCommand({
        stateMachineArn: machines[flow],
        name,
        input: JSON.stringify(input),
      });
      await client.send(command).catch((error: Error) => {
        // A name is taken for 90 days after its execution has ended, so one name is one execution.
        if (error.name !== 'ExecutionAlreadyExists') throw error;
      });
    },
    async succeed(taskToken, output) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
        return true;
      } catch (error) {
        if (nobodyWaits.has((error as Error).name)) return false;
        throw error;
      }
    },
  };
}
