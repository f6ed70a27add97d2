/** Lua for wrk: arguments are the file of bodies (each behind a u16), content type, octets at their ends to draw anew. */
export const POST_SCRIPT = `
local requests, random, at = {}, 0, 0
local byte, char, draw = string.byte, string.char, math.random

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local all = file:read("*a")
  file:close()
  random = tonumber(args[3])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = args[2]
  local from = 1
  while from < #all do
    local length = byte(all, from) * 256 + byte(all, from + 1)
    local request = wrk.format(nil, nil, nil, all:sub(from + 2, from + 1 + length))
    requests[#requests + 1] = request:sub(1, #request - random)
    from = from + 2 + length
  end
  math.randomseed(os.time())
end

function request()
  at = at % #requests + 1
  if random == 0 then return requests[at] end
  local octets = requests[at]
  for _ = 1, random / 4 do
    octets = octets .. char(draw(0, 255), draw(0, 255), draw(0, 255), draw(0, 255))
  end
  return octets
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'result {"requests":%d,"errors":%d,"seconds":%.6f,"p50":%.0f,"p99":%.0f,"p999":%.0f}\\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout,
    summary.duration / 1e6, latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
`;
