import type { PreparedList, StoredSummary } from '@holdfast/session/store';
import type { ListPart } from '../join-parts.ts';
import { readInteger, readList, readText } from '../read-reply.ts';
import { bucketNameOf, KEY_NAMES, memberOf, type RedisKeys, splitMember } from '../redis-keys.ts';
import { parseState, summaryOf } from '../stored-text.ts';
import { LABELLED } from './labelled-sessions.ts';
import { labelLines, MAX_PASSED, readStop, START } from './list-sessions.ts';
import { type ScriptCall, SPLIT, script } from './script.ts';
import { PEEK } from './session-meta.ts';

// A whole page on one server: what is on it, its states and the total are of one moment. Sessions
// that have expired are passed over; after many in one go, it stops, and answers behind which score
// and member to go on. KEYS: the app's state. ARGV: order, how many with one more,
// the score and member behind which to begin or '', now, the lines of labels or '', whether to read
// states, the bucket and the id of the user, or '' for all users, and whether to count those that
// have not expired.
//
// Each list that is not empty hands over its next session; a heap has the one that comes first on
// top. Of many lists, each is read in growing parts, the first of which is its share of the page.
const page = script(`
  ${START}${KEY_NAMES}${SPLIT}${PEEK}${LABELLED}
  local sources, ends, total = {}, {}, 0
  local function add(bucket)
    local tag = tagOf(bucket)
    local key = ARGV[9] == '' and tag .. ':sessions' or userListOf(tag, ARGV[9])
    local size = redis.call('ZCARD', key)
    if size == 0 then return end
    total = total + size
    ends[#ends + 1] = ARGV[9] == '' and tag .. ':expiries' or userExpiriesOf(tag, ARGV[9])
    sources[#sources + 1] = {tag = tag, key = key, size = size}
  end
  local function addLabelled(tag, user)
    local labels, expiries = userLabelsOf(tag, user), userExpiriesOf(tag, user)
    local place = {labels = labels, sessions = userListOf(tag, user), expiries = expiries}
    local members, times = labelled(place, user, split(ARGV[6]))
    total = #members
    local at, step = startAmong(members, times)
    local found = {}
    for i = at, step == 1 and total or 1, step do
      found[#found + 1], found[#found + 2] = members[i], times[i]
    end
    -- It is all there is, so no more of it is read.
    sources[1] = {tag = tag, size = 0, found = found}
  end
  if ARGV[6] ~= '' then addLabelled(tagOf(ARGV[8]), ARGV[9])
  elseif ARGV[8] ~= '' then add(ARGV[8])
  else
    for bucket = 0, 255 do add(string.format('%02x', bucket)) end
  end

  -- Most apps have nothing that expires.
  if ARGV[10] == '1' and #ends > 0 and redis.call('EXISTS', unpack(ends)) > 0 then
    for _, name in ipairs(ends) do total = total - redis.call('ZCOUNT', name, '-inf', now) end
  end

  local isUp = ARGV[1] == 'asc'
  local share = #sources == 1 and count or math.ceil(count / #sources)
  local function advance(source)
    local found, at = source.found, source.at + 2
    if not found[at] then
      local start = source.start
      if start >= source.size then return false end
      found, at = redis.call(command, source.key, start, start + source.share - 1, 'WITHSCORES'), 1
      source.found, source.start, source.share = found, start + source.share, 2 * source.share
    end
    local time = tonumber(found[at + 1])
    source.at, source.member, source.rank = at, found[at], isUp and time or -time
    return true
  end
  local function isFirst(a, b) return isBefore(a.member, b.member) == isUp end
  local heap, size = {}, 0
  local function sink(at)
    local source = heap[at]
    local rank = source.rank
    while 2 * at <= size do
      local child = 2 * at
      local next, other = heap[child], heap[child + 1]
      if other and (other.rank < next.rank or other.rank == next.rank and isFirst(other, next)) then
        child, next = child + 1, other
      end
      if rank < next.rank or rank == next.rank and isFirst(source, next) then break end
      heap[at], at = next, child
    end
    heap[at] = source
  end
  for _, source in ipairs(sources) do
    source.share, source.at = share, -1
    if not source.found then
      source.found, source.start = {}, startOf(source.key, source.size)
    else
      source.start = 0
    end
    if advance(source) then
      size = size + 1
      heap[size] = source
    end
  end
  for at = math.floor(size / 2), 1, -1 do sink(at) end

  local rows, users, isThere, passed, stop = {}, {}, {}, 0, false
  while size > 0 and #rows < count and not stop do
    local source = heap[1]
    local tag, name = source.tag, source.member
    local meta = redis.call('HGET', tag .. ':metas', name)
    local isMore = meta and byte(meta, -1) == 10
    if isMore and isExpired(meta, now) then
      passed = passed + 1
      if passed == ${MAX_PASSED} then stop = {source.found[source.at + 1], name} end
    else
      local row = {name, meta}
      if isMore then row[3] = hasDetails(meta) and redis.call('HGET', tag .. ':details', name) end
      rows[#rows + 1] = row
      if ARGV[7] == '1' and #rows < count then
        local user, session = splitMember(name)
        row[3] = row[3] or false
        row[4] = redis.call('HGETALL', stateOf(tag, user, session))
        if not isThere[user] then
          isThere[user] = true
          users[#users + 1], users[#users + 2] = user, redis.call('HGETALL', userStateOf(tag, user))
        end
      end
    end
    if not advance(source) then
      heap[1], heap[size] = heap[size], nil
      size = size - 1
    end
    if size > 1 then sink(1) end
  end
  return {total, rows, users, ARGV[7] == '1' and redis.call('HGETALL', KEYS[1]) or {}, stop}
`);

export function listPage(list: PreparedList, keys: RedisKeys): ScriptCall {
  const { appName, userId, order, after, limit, includeState, includeTotal, now, labels } = list;
  return page(
    [keys.app(appName).state],
    [
      order,
      String(limit + 1),
      String(after?.lastUpdateTime ?? ''),
      after === undefined ? '' : memberOf(after.key),
      String(now),
      labelLines(labels),
      includeState ? '1' : '',
      userId === undefined ? '' : bucketNameOf(userId),
      userId ?? '',
      includeTotal ? '1' : '',
    ],
  );
}

/** A part of a page: at most one session more than the page has. */
export function readPagePart(list: PreparedList, reply: unknown): ListPart<StoredSummary> {
  const [total, found, userFields, appFields, stop] = readList(reply);
  const { appName, includeState } = list;
  const users = new Map<string, ReturnType<typeof parseState>>();
  readList(userFields).forEach((field, i, all) => {
    if (i % 2 === 1) return;
    const userId = readText(field);
    users.set(userId, parseState(all[i + 1], { appName, userId }));
  });
  const app = parseState(appFields, { appName });
  const sessions = readList(found).map((row): StoredSummary => {
    const [member, meta, details = null, fields] = readList(row);
    const key = Object.freeze({ appName, ...splitMember(readText(member)) });
    const summary = summaryOf({ key, meta, details });
    // One more than the page has comes without.
    if (!includeState || fields === undefined) return summary;
    const user = users.get(key.userId) as ReturnType<typeof parseState>;
    return { ...summary, state: { session: parseState(fields, key), user, app } };
  });
  return { sessions, total: readInteger(total), stoppedAt: readStop(stop) };
}
