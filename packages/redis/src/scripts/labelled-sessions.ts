/**
 * `labelled(place, user, lines)`: the sessions of a user that have all of some labels and have not
 * expired, in ascending order: their members, and their last updates. `place` has the names of the
 * user's `labels`, `sessions` and `expiries`. `now` must be there. It costs what the rarest of the
 * labels has.
 */
export const LABELLED = `
  local function scores(key, members, prefix)
    local found = {}
    for i = 1, #members, 5000 do
      local some = {}
      for at = i, math.min(i + 4999, #members) do some[#some + 1] = prefix .. members[at] end
      for _, score in ipairs(redis.call('ZMSCORE', key, unpack(some))) do
        found[#found + 1] = score
      end
    end
    return found
  end
  local function labelled(place, user, lines)
    local rarest, least
    for i, line in ipairs(lines) do
      local count = redis.call('ZLEXCOUNT', place.labels, '[' .. line .. '\\n', '(' .. line .. '\\11')
      if not least or count < least then rarest, least = i, count end
    end
    if least == 0 then return {}, {} end
    local line, ids = lines[rarest], {}
    local rows = redis.call('ZRANGEBYLEX', place.labels, '[' .. line .. '\\n', '(' .. line .. '\\11')
    for i, row in ipairs(rows) do ids[i] = string.sub(row, #line + 2) end
    for i, other in ipairs(lines) do
      if i ~= rarest and #ids > 0 then
        local kept = {}
        for at, score in ipairs(scores(place.labels, ids, other .. '\\n')) do
          if score then kept[#kept + 1] = ids[at] end
        end
        ids = kept
      end
    end

    local ends = redis.call('ZCOUNT', place.expiries, '-inf', now) > 0
      and scores(place.expiries, ids, user .. '\\n') or {}
    local found = {}
    for i, time in ipairs(scores(place.sessions, ids, user .. '\\n')) do
      -- The ids come in the order of their bytes.
      if time and not (ends[i] and tonumber(ends[i]) <= now) then
        found[#found + 1] = {rank = i, time = tonumber(time), text = time}
      end
    end
    table.sort(found, function(a, b)
      return a.time < b.time or a.time == b.time and a.rank < b.rank
    end)
    local members, times = {}, {}
    for i, each in ipairs(found) do members[i], times[i] = user .. '\\n' .. ids[each.rank], each.text end
    return members, times
  end

  -- The first of them to list, and the step to the next.
  local function startAmong(members, times)
    local at, step = 1, 1
    if ARGV[1] == 'desc' then at, step = #members, -1 end
    if score == '' then return at, step end
    local limit = tonumber(score)
    while members[at] do
      local time = tonumber(times[at])
      if time == limit and members[at] ~= member then
        if isBefore(member, members[at]) == (step == 1) then break end
      elseif time ~= limit and (time > limit) == (step == 1) then
        break
      end
      at = at + step
    end
    return at, step
  end
`;
