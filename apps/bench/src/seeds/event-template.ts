import { sampleEvent } from '../contestants/sample-event.ts';

/** In the template, this stands for the number of an event. */
export const NUMBER_MARK = '987654321';
/** In the template, this stands for its time. */
export const TIME_MARK = '123456789012';

/** The sample event as JSON, with marks for what differs from event to event. */
export const EVENT_TEMPLATE = JSON.stringify({
  ...sampleEvent(Number(NUMBER_MARK)),
  timestamp: Number(TIME_MARK),
});
