import { script } from './script.ts';

/**
 * One event in as few calls as possible: this is what a service does all day. The keys and the
 * answers are those of `append-events`, and the arguments begin with the same ten; then follow,
 * for each scope that changes, how many values are set and how many keys removed, and all of them.
 *
 * Other scripts read each key before the first write. This one takes back what it has written if
 * a key turns out to hold something else; taking back needs no memory, and cannot fail. So there
 * is one read, and one more for each scope beyond the first. What a session has only if it makes
 * use of it, its second line, is looked at only if there is one.
 */
export const appendOne = script(`
  local call, try = redis.call, redis.pcall
  local meta = call('HGET', KEYS[2], ARGV[1])
  if not meta then return 0 end
  local kind = string.byte(meta, 35) or 0
  if kind < 48 or kind > 57 then
    meta = string.sub(meta, 1, 34) .. string.sub(meta, 18)
    if not string.find(meta, ':', 53, true) then meta = meta .. ':' end
  end
  local updated, timed = string.sub(meta, 18, 33), string.sub(meta, 52, 52)
  local colon = string.find(meta, ':', 53, true) or #meta + 1
  local revision, rest = string.sub(meta, 53, colon - 1), string.sub(meta, colon)
  local seq, time, last, known = tonumber(revision), ARGV[3] + 0, tonumber(updated), nil
  if not seq then return -1 end

  local incarnation, turn, isHeld, expires = string.sub(rest, 2), '', ARGV[9] == '', nil
  local line = string.byte(rest, -1) == 10 and string.find(rest, '\\n', 1, true)
  if line or not isHeld or ARGV[10] ~= '' then
    local details, ends, idle, active, held = '-', '', '', '', ''
    if line then
      details, ends, idle, active, held, turn =
        string.match(rest, '^([-d]):(%d*):(%d*):(%d*):(%d*):(.*)\\n$', line + 1)
      if not turn then return -1 end
      if ends ~= '' and ends - ARGV[8] <= 0 then return 0 end
      incarnation = string.sub(rest, 2, line - 1)
      isHeld = isHeld or ARGV[9] == turn
    end
    if idle ~= '' then
      ends = string.format('%.0f', ARGV[8] + idle)
      expires = ends
      for key = 7, 8 do call('ZCARD', KEYS[key]) end
    end
    if ARGV[10] ~= '' then active = ARGV[10] end
    rest = ':' .. incarnation .. '\\n' .. details .. ':' .. ends .. ':' .. idle .. ':' .. active ..
      ':' .. held .. ':' .. turn .. '\\n'
  end
  if ARGV[7] ~= '' and ARGV[7] ~= '=' .. incarnation then return {'refused', seq, incarnation, turn} end
  seq = seq + 1

  if not isHeld or ARGV[2] ~= '' and ARGV[2] ~= revision then
    known = call('HGET', KEYS[5], ARGV[5])
    if not known then return {'refused', seq - 1, incarnation, turn} end
  else
    if timed == 't' or time < last then
      timed = 't'
      call('ZCARD', KEYS[6])
    end
    for key = 10, #KEYS do call('HLEN', KEYS[key]) end
    revision = string.format('%d', seq)
    if call('HSETNX', KEYS[5], ARGV[5], revision) == 0 then known = call('HGET', KEYS[5], ARGV[5]) end
  end
  if known then
    if ARGV[4] == '1' then call('HSET', KEYS[5], ARGV[5], known) end
    return {'refused', seq - 1, incarnation, turn, known, call('LINDEX', KEYS[4], known - 1) or ''}
  end

  local done, reply = 1, try('RPUSH', KEYS[4], ARGV[6])
  local isWhole = reply == seq
  if type(reply) == 'number' then done = 2 end
  if isWhole and time > last then
    reply = try('ZADD', KEYS[1], ARGV[3], ARGV[1])
    isWhole = type(reply) == 'number'
    if isWhole then
      reply, done = try('ZADD', KEYS[3], ARGV[3], ARGV[1]), 3
      isWhole = type(reply) == 'number'
      if isWhole then done = 4 end
    end
  end
  local at = 11
  for key = 9, #KEYS do
    local sets, removals = ARGV[at] + 0, ARGV[at + 1] + 0
    local from = at + 2
    at = from + sets + removals
    if isWhole and sets > 0 then
      reply = try('HSET', KEYS[key], unpack(ARGV, from, from + sets - 1))
      isWhole = type(reply) == 'number'
    end
    if isWhole and removals > 0 then
      reply = try('HDEL', KEYS[key], unpack(ARGV, from + sets, at - 1))
      isWhole = type(reply) == 'number'
    end
  end
  if not isWhole then
    if done == 4 then call('ZADD', KEYS[3], updated, ARGV[1]) end
    if done >= 3 then call('ZADD', KEYS[1], updated, ARGV[1]) end
    if done >= 2 then call('RPOP', KEYS[4]) end
    call('HDEL', KEYS[5], ARGV[5])
    if type(reply) == 'number' then return -1 end
    return reply
  end

  if time > last then updated = ARGV[3] end
  call('HSET', KEYS[2], ARGV[1], string.sub(meta, 1, 17) .. updated .. ':' .. ARGV[8] .. ':' .. timed .. revision .. rest)
  if timed == 't' then call('ZADD', KEYS[6], ARGV[3], revision) end
  if expires then
    for key = 7, 8 do call('ZADD', KEYS[key], expires, ARGV[1]) end
  end
  return revision .. ':' .. string.sub(incarnation, -8)
`);
