import { appendCases } from './cases/append.ts';
import { appendSkipCases } from './cases/append-skip.ts';
import { appendTwiceCases } from './cases/append-twice.ts';
import { appendUnstoredCases } from './cases/append-unstored.ts';
import { concurrencyCases } from './cases/concurrency.ts';
import { createCases } from './cases/create.ts';
import { deleteCases } from './cases/delete.ts';
import { eventLoopCases } from './cases/event-loop.ts';
import { eventsCases } from './cases/events.ts';
import { extremesCases } from './cases/extremes.ts';
import { getCases } from './cases/get.ts';
import { identityCases } from './cases/identity.ts';
import { incarnationCases } from './cases/incarnation.ts';
import { largeCases } from './cases/large.ts';
import { lifecycleCases } from './cases/lifecycle.ts';
import { listCases } from './cases/list.ts';
import { listAllUsersCases } from './cases/list-all-users.ts';
import { listMomentCases } from './cases/list-moment.ts';
import { listPageCases } from './cases/list-pages.ts';
import { messagesCases } from './cases/messages.ts';
import { sessionAsKeyCases } from './cases/session-as-key.ts';
import { stateCases } from './cases/state.ts';
import { updateStateCases } from './cases/update-state.ts';
import { valuesCases } from './cases/values.ts';
import { refusedValuesCases } from './cases/values-refused.ts';
import { unreadableValuesCases } from './cases/values-unreadable.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { propertyCases } from './model/property-cases.ts';

/** Every rule of the contract, one case each. */
export const exampleCases: readonly ConformanceCase[] = [
  ...createCases,
  ...getCases,
  ...listCases,
  ...listPageCases,
  ...listAllUsersCases,
  ...listMomentCases,
  ...deleteCases,
  ...appendCases,
  ...appendUnstoredCases,
  ...appendTwiceCases,
  ...appendSkipCases,
  ...incarnationCases,
  ...eventsCases,
  ...stateCases,
  ...updateStateCases,
  ...identityCases,
  ...sessionAsKeyCases,
  ...valuesCases,
  ...refusedValuesCases,
  ...unreadableValuesCases,
  ...largeCases,
  ...extremesCases,
  ...messagesCases,
  ...concurrencyCases,
  ...lifecycleCases,
  ...eventLoopCases,
];

/** The rules, and properties that combine them at random. */
export const allCases: readonly ConformanceCase[] = [...exampleCases, ...propertyCases];
