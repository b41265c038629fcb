// Keys: 1 the user's sessions' data, 2 events, 3 ids, 4 to 6 state of session, user and app,
// 7 the user's sessions by time, 8 all sessions by time.

/** ARGV: session, time, event id, event; then key, name and value of each change. */
export const REDIS_APPEND = `
  local meta = redis.call('HGET', KEYS[1], ARGV[1])
  if not meta then return redis.error_reply('the session is missing') end
  if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 1 then return redis.error_reply('twice') end
  local seq = redis.call('RPUSH', KEYS[2], ARGV[4])
  redis.call('HSET', KEYS[3], ARGV[3], seq)
  redis.call('HSET', KEYS[1], ARGV[1], meta)
  for i = 5, #ARGV, 3 do
    redis.call('HSET', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2])
  end
  redis.call('ZADD', KEYS[7], 'GT', ARGV[2], ARGV[1])
  redis.call('ZADD', KEYS[8], 'GT', ARGV[2], ARGV[1])
  return seq`;

/** ARGV: session, and where the events begin: 0 for all. */
export const REDIS_READ = `
  if not redis.call('HGET', KEYS[1], ARGV[1]) then
    return redis.error_reply('the session is missing')
  end
  return {
    redis.call('LRANGE', KEYS[2], ARGV[2], -1),
    redis.call('HGETALL', KEYS[4]), redis.call('HGETALL', KEYS[5]), redis.call('HGETALL', KEYS[6])
  }`;

/** ARGV: how many. */
export const REDIS_LIST = `
  local found = {}
  for _, session in ipairs(redis.call('ZREVRANGE', KEYS[7], 0, ARGV[1] - 1)) do
    found[#found + 1] = { session, redis.call('HGET', KEYS[1], session) }
  end
  return found`;
