import { ada, by, history, nina, noted, opened, took } from '../testing/tickets';
import { answered, answeredText, timelineProjection, type TimelineEntry } from './timeline.view';

const TICKET = '53df8475-85d6-55b6-8495-756852481194';
const COMPANY = '393e7fa8-ead5-57bc-a73a-12a0ecd8d139';
const entries = history(
  opened({ subject: '","ticketId":"x","companyId":"y","order":"z"}', followUpOf: { ticketId: 't0', number: 'CB-1' } }),
  took(),
  noted(),
  by(nina, 'ticketing.ReplyPosted', { body: ',"ticketId":"', owes: 'customer' }),
  by(ada, 'ticketing.FollowUpLinked', { ticketId: 't2', number: 'CB-2' }),
).map((event) => {
  const { stream, metadata } = { stream: `ticket-${TICKET}`, metadata: { ...event.metadata, companyId: COMPANY } };
  return timelineProjection.on({ ...event, stream, metadata }, undefined, event.id) as TimelineEntry;
});

describe('an entry of the timeline', () => {
  it('is answered without what it is found and sorted by, and without a change otherwise', () => {
    for (const entry of entries) {
      const text = answeredText(JSON.stringify(entry));
      expect(Object.keys(JSON.parse(text) as object)).toEqual([
        'id',
        'number',
        'audience',
        'at',
        'by',
        'side',
        'kind',
        'data',
      ]);
      expect(JSON.parse(text)).toEqual(answered(entry));
      expect((JSON.parse(text) as TimelineEntry).data).toEqual(entry.data);
    }
  });

  it('is cut from its text, which nobody reads', () => {
    for (const entry of entries) {
      const parse = jest.spyOn(JSON, 'parse');
      answeredText(JSON.stringify(entry));
      expect(parse).not.toHaveBeenCalled();
      parse.mockRestore();
    }
  });

  it('is the same from a store that keeps fields in another order', () => {
    for (const entry of entries) {
      const { id, data, order, ...rest } = entry;
      const mixed = JSON.stringify({ order, data, ...rest, id });
      expect(JSON.parse(answeredText(mixed))).toEqual(answered(entry));
    }
  });
});
