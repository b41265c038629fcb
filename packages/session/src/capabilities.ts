/**
 * What a service can do beyond the contract's ground. Fixed when the service is
 * constructed. A call that a capability denies is `unsupported`.
 */
export interface SessionCapabilities {
  /** What was acknowledged is there after the process has ended. */
  readonly persistent: boolean;
  /** Several processes may use one storage at the same time. */
  readonly shared: boolean;
  /** Sessions may go without being deleted, where storage is bounded. */
  readonly evicts: boolean;
  /** `app:` keys become visible together with their event, not just after it. */
  readonly atomicAppState: boolean;
  /** `list` takes `allUsers: true`. */
  readonly listAllUsers: boolean;
}
