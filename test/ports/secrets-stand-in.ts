import { type Call, failure, startStandIn } from './aws-stand-in.ts';

/**
 * Secrets Manager as its API reference describes it. A deleted name is refused for the next two calls that want it, which
 * is how the real service behaves for a short time.
 */
export async function startSecrets() {
  const secrets = new Map<string, string>();
  const leaving = new Map<string, number>();
  const missing = failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  const isDeleted = 'You can’t perform this operation on the secret because it was marked for deletion.';

  const calls: Record<string, Call> = {
    CreateSecret({ Name, SecretString }) {
      const name = String(Name);
      const wait = leaving.get(name) ?? 0;
      if (wait > 0) {
        leaving.set(name, wait - 1);
        return failure(
          'InvalidRequestException',
          'A secret with this name is already scheduled for deletion.',
        );
      }
      if (secrets.has(name)) return failure('ResourceExistsException');
      if (!SecretString) return failure('InvalidParameterException');
      secrets.set(name, String(SecretString));
      return { body: { Name } };
    },
    PutSecretValue({ SecretId, SecretString }) {
      const name = String(SecretId);
      if ((leaving.get(name) ?? 0) > 1) return failure('InvalidRequestException', isDeleted);
      if (!secrets.has(name)) return missing;
      secrets.set(name, String(SecretString));
      return { body: { Name: name } };
    },
    GetSecretValue({ SecretId }) {
      const value = secrets.get(String(SecretId));
      return value === undefined ? missing : { body: { Name: SecretId, SecretString: value } };
    },
    DeleteSecret({ SecretId, ForceDeleteWithoutRecovery }) {
      if (!ForceDeleteWithoutRecovery)
        return failure('InvalidParameterException', 'This test erases for good.');
      if (!secrets.delete(String(SecretId))) return missing;
      leaving.set(String(SecretId), 2);
      return { body: { Name: SecretId } };
    },
  };
  return { ...(await startStandIn(calls)), secrets };
}
