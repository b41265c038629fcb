/**
 * `readMeta(text)`: a meta as a table of texts, '' for what there is not, of whichever version it
 * is; nil if it is not one. `writeMeta(meta)`: its text. `isGone(meta, now)`: whether a session has
 * expired. See `parseMeta`.
 */
export const META = `
  local function readMeta(text)
    if not string.find(text, '^%d', 35) then
      text = string.sub(text, 1, 34) .. string.sub(text, 18)
      if not string.find(text, ':', 53, true) then text = text .. ':' end
    end
    local created, updated, touched, timed, revision, incarnation, life =
      string.match(text, '^(%d+):(%d+):(%d+):([-t])(%d+):([^\\n]*)(.*)$')
    if not revision then return nil end
    local details, expires, idle, active, held, turn = '-', '', '', '', '', ''
    if life ~= '' then
      details, expires, idle, active, held, turn =
        string.match(life, '^\\n([-d]):(%d*):(%d*):(%d*):(%d*):(.*)\\n$')
      if not turn then return nil end
    end
    return {
      created = created, updated = updated, touched = touched, timed = timed, revision = revision,
      incarnation = incarnation, details = details, expires = expires, idle = idle,
      active = active, held = held, turn = turn
    }
  end
  local function writeMeta(meta)
    local text = meta.created .. ':' .. meta.updated .. ':' .. meta.touched .. ':' .. meta.timed ..
      meta.revision .. ':' .. meta.incarnation
    local life = meta.details .. ':' .. meta.expires .. ':' .. meta.idle .. ':' .. meta.active ..
      ':' .. meta.held .. ':' .. meta.turn
    if life == '-:::::' then return text end
    return text .. '\\n' .. life .. '\\n'
  end
  local function isGone(meta, now)
    return meta.expires ~= '' and tonumber(meta.expires) <= tonumber(now)
  end
`;

/**
 * `isExpired(text, now)`: whether the session of a meta that may be unreadable has expired.
 * `hasDetails(text)`: whether it has something among the details. A meta with a second line is told
 * by its last character.
 */
export const PEEK = `
  local byte = string.byte
  local function isExpired(text, now)
    if byte(text, -1) ~= 10 then return false end
    local expires = string.match(text, '\\n.:(%d+)')
    return expires ~= nil and tonumber(expires) <= tonumber(now)
  end
  local function hasDetails(text)
    return byte(text, -1) == 10 and string.find(text, '\\nd', 1, true) ~= nil
  end
`;

/**
 * `labelsOf(details, member, isScored)`: from stored details, how the labels of a session are among
 * those of its user: the members, or 0 and a member in turn.
 */
export const LABELS = `
  local function labelsOf(details, member, isScored)
    local session = string.sub(member, string.find(member, '\\n', 1, true) + 1)
    local labels, from = {}, 1
    while true do
      local to = string.find(details, '\\n', from, true)
      if not to then return labels end
      if isScored then labels[#labels + 1] = 0 end
      labels[#labels + 1] = string.sub(details, from, to) .. session
      from = to + 1
    end
  end
`;
