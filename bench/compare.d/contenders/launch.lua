-- A launch in Lua: the same work as the gateway's, as somebody who knows OpenResty would write it. What LuaJIT cannot
-- compile (Lua's patterns, pairs, string.upper) is kept off the way of a good launch: compiled regular expressions, plain
-- searches and tables stand in for it. What exactly is wrong is found out only when something is. Refusals are tables
-- that are thrown.

local cjson = require "cjson.safe"
local nkeys = require "table.nkeys"
local sha256 = require "nginx.sha256"

local byte, find, format, gsub, lower, match, sub =
  string.byte, string.find, string.format, string.gsub, string.lower, string.match, string.sub
local concat = table.concat
local ngx, ngx_re = ngx, ngx.re
local capture, decode_base64, encode_base64 = ngx.location.capture, ngx.decode_base64, ngx.encode_base64
local escape_uri, get_headers, unescape_uri = ngx.escape_uri, ngx.req.get_headers, ngx.unescape_uri

local DROP_IN_PREFIX = #"/empego-integrations/R4/embeddable/"
local NATIVE_PREFIX = #"/v1/embeddable/"
local MAX_HEADER, MAX_KEY, MAX_URL, MAX_VALUE = 4096, 512, 4096, 512

-- Endpoint to audience.
local ENDPOINTS = {
  ["consultation/view"] = "clinician",
  ["consultation/dashboard"] = "clinician",
  ["consultation/specific"] = "clinician",
  ["consultation/answer"] = "patient",
  ["followup/view"] = "clinician",
  ["followup/dashboard"] = "clinician",
  ["followup/specific"] = "clinician",
  ["followup/plan"] = "clinician",
  ["administration/franchise-management"] = "clinician",
  ["administration/franchise-onboarding"] = "clinician",
  ["administration/franchise-offboarding"] = "clinician",
  ["statistics"] = "clinician",
}
local NEEDS_PATIENT = { ["consultation/view"] = true, ["followup/view"] = true }
local PARAMETERS = { patientKey = true, locale = true, accessKey = true, consultationKey = true, followupKey = true }

-- Code to status, source, whether trying again may help, and sentence.
local CODES = {
  host_unauthenticated = { 401, "caller", false, "Authentication failed" },
  origin_denied = { 403, "gateway", false, "This origin may not use this host's credential" },
  reserved_header = { 400, "caller", false, "A reserved header was sent" },
  not_found = { 404, "caller", false, "Not Found" },
  method_not_allowed = { 405, "caller", false, "Method Not Allowed" },
  unsupported_media_type = { 415, "caller", false, "Unsupported Media Type" },
  header_repeated = { 400, "caller", false, "Invalid x-integration-user header format" },
  header_too_large = { 400, "caller", false, "Invalid x-integration-user header format" },
  header_not_base64 = { 400, "caller", false, "Invalid x-integration-user header format" },
  header_not_utf8 = { 400, "caller", false, "Invalid x-integration-user header format" },
  header_not_json = { 400, "caller", false, "Invalid x-integration-user header format" },
  header_schema = { 400, "caller", false, "Invalid x-integration-user header format" },
  user_fields_missing = { 400, "caller", false, "User creation failed - missing required fields" },
  invalid_request = { 400, "caller", false, "The request breaks a rule" },
  identity_required = { 400, "caller", false, "Nobody is named" },
  intent_required = { 400, "caller", false, "An intent is required" },
  intent_conflict = { 400, "caller", false, "Intent and clinician contradict each other" },
  owner_session_denied = { 403, "gateway", false, "Sessions of the key's owner are denied" },
  owner_clone_denied = { 403, "gateway", false, "Clones of the key's owner are denied" },
  upstream_authentication_failed = { 401, "upstream", false, "Authentication failed" },
  upstream_rejected = { 400, "upstream", false, "Empego refused the request" },
  upstream_error = { 502, "upstream", false, "Empego answered with an error" },
  upstream_bad_body = { 502, "upstream", false, "Empego did not answer 200 with an embed URL" },
  upstream_bad_url = { 502, "upstream", false, "Empego's answer holds a URL that may not be embedded" },
  upstream_unreachable = { 502, "upstream", false, "Empego could not be reached" },
  upstream_busy = { 503, "upstream", true, "Empego is busy" },
  upstream_timeout = { 504, "upstream", false, "Empego did not respond in time" },
}
local REASONS = {
  [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [405] = "Method Not Allowed", [415] = "Unsupported Media Type", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
}
local SENTENCES = {
  required = "Required",
  unknown = "This name is not accepted here",
  wrong_type = "Must be a string",
  empty = "Must not be empty or blank: leave it out instead",
  too_long = "Too long",
  bad_character = "Contains a control, format, private-use or unassigned character",
  outer_space = "Must not start or end with white space",
  bad_email = "Must be an e-mail address with an ASCII domain name",
  bad_value = "None of the values that are known",
  repeated = "Appears more than once: send it once",
  no_equals_sign = "Every query parameter must be written name=value",
  bad_percent = "A percent sign must be followed by two hexadecimal digits",
  not_json = "Not valid JSON",
  not_base64 = "Not base64",
  not_utf8 = "Must be UTF-8",
  too_large = "Too large",
  not_accepted = "Not accepted here",
}

local EMAIL = [=[^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?]=]
  .. [=[(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$]=]
local INVISIBLE = [=[[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]]=]
local VISIBLE = [=[^(?!\s)[^\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]{1,%d}(?<!\s)$]=]
local KEY = [=[^[!-~]+$]=]
local PLAIN_VALUE = [=[^[\w.~-]{1,512}$]=]
local EMBED_URL = [=[^https://([a-z0-9.-]+(?::[0-9]+)?)(?:[/?#][!#-\[\]-~]*)?$]=]
local JSON_MEDIA = [=[^application/json(?:;\s*charset=utf-8)?$]=]
local UUID = [=[^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$]=]

-- In any case, as they are written.
local LANGUAGES = { FR = "FR", fr = "FR", Fr = "FR", fR = "FR", EN = "EN", en = "EN", En = "EN", eN = "EN" }
local LOCALES = { FR = "fr", fr = "fr", Fr = "fr", fR = "fr", EN = "en", en = "en", En = "en", eN = "en" }

cjson.decode_max_depth(16)

-- SHA-256 of a key, in binary, to host. The tenant's policy is the default, strict.
local hosts = {}
local embed_hosts = {}
local POLICY = { owner_session = false, owner_clone = false, partial_profile = false }

local function refuse(code, errors)
  error({ code = code, errors = errors })
end

local function fault(errors, field, code)
  errors[#errors + 1] = { field, code }
end

local function is_utf8(text)
  local from, _, err = ngx_re.find(text, "^", "jou")
  return from and not err
end

-- The number of characters of a text in UTF-8.
local function length(text)
  local _, continuations = gsub(text, "[\128-\191]", "")
  return #text - continuations
end

-- What exactly is wrong with a text of a clinician.
local function explain(text, max)
  if not find(text, "%S") then
    return "empty"
  elseif not is_utf8(text) then
    return "not_utf8"
  elseif length(text) > max then
    return "too_long"
  elseif ngx_re.find(text, INVISIBLE, "jou") then
    return "bad_character"
  end
  return "outer_space"
end

-- What is wrong with a text, or nothing: by a pattern that has the longest length in it.
local function mistake(text, max, pattern)
  if not ngx_re.find(text, pattern, "jou") then
    return explain(text, max)
  end
end

local function email_mistake(text, max, pattern)
  return mistake(text, max, pattern) or (not ngx_re.find(text, EMAIL, "jo") and "bad_email") or nil
end

local function language_mistake(text)
  return not LANGUAGES[text] and "bad_value" or nil
end

-- The fields in the order in which they are sent: name, longest, check, the start of what is written of them, pattern.
local FIELDS = {
  { "userId", 128, mistake, '{"userId":"' },
  { "firstName", 100, mistake, ',"firstName":"' },
  { "lastName", 100, mistake, ',"lastName":"' },
  { "email", 254, email_mistake, ',"email":"' },
  { "licenseNumber", 64, mistake, ',"licenseNumber":"' },
  { "preferredLanguage", 2, language_mistake, ',"preferredLanguage":"' },
}
for _, field in ipairs(FIELDS) do
  field[5] = format(VISIBLE, field[2])
end

-- Checks a clinician in place: null becomes absent.
local function check_clinician(clinician, place, errors)
  if type(clinician) ~= "table" then
    return fault(errors, place, "wrong_type")
  end
  local stated = nkeys(clinician)
  if clinician.userId == nil or clinician.userId == cjson.null then
    fault(errors, place .. "/userId", "required")
  end
  for at = 1, 6 do
    local field = FIELDS[at]
    local name = field[1]
    local value = clinician[name]
    if value ~= nil then
      stated = stated - 1
      if type(value) == "string" then
        local wrong = field[3](value, field[2], field[5])
        if wrong then
          fault(errors, place .. "/" .. name, wrong)
        end
      elseif value == cjson.null then
        clinician[name] = nil
      else
        fault(errors, place .. "/" .. name, "wrong_type")
      end
    end
  end
  if stated > 0 then
    fault(errors, place .. "/*", "unknown")
  end
  clinician.preferredLanguage = LANGUAGES[clinician.preferredLanguage]
end

-- A checked text has no control character, so that these two are all that JSON wants escaped.
local function escape(text)
  if find(text, '"', 1, true) or find(text, "\\", 1, true) then
    return (gsub(text, '["\\]', "\\%0"))
  end
  return text
end

-- Compact JSON in the order of the fields.
local function write_clinician(clinician)
  local json = ""
  for at = 1, 6 do
    local field = FIELDS[at]
    local value = clinician[field[1]]
    if value then
      json = json .. field[4] .. escape(value) .. '"'
    end
  end
  return json .. "}"
end

local function check_value(value, place, errors)
  if ngx_re.find(value, PLAIN_VALUE, "jo") then
    return
  elseif value == "" then
    fault(errors, place, "empty")
  elseif not is_utf8(value) then
    fault(errors, place, "not_utf8")
  elseif length(value) > MAX_VALUE then
    fault(errors, place, "too_long")
  elseif find(value, "%c") then
    fault(errors, place, "bad_character")
  end
end

local function read_locale(value, place, errors)
  local locale = LOCALES[value]
  if not locale then
    fault(errors, place, "bad_value")
  end
  return locale
end

local function decode(text, errors)
  if find(text, "%", 1, true) then
    if find(gsub(text, "%%%x%x", ""), "%", 1, true) then
      fault(errors, "/query/*", "bad_percent")
    end
  elseif not find(text, "+", 1, true) then
    return text
  end
  return unescape_uri(text)
end

-- Reads a query strictly. Gives names and values one after the other, and the locale.
local function read_query(query, errors)
  local stated, seen, locale = {}, {}, nil
  if not query or query == "" then
    return stated, nil
  end
  local from = 1
  repeat
    local to = find(query, "&", from, true)
    local pair = sub(query, from, to and to - 1)
    local equals = find(pair, "=", 1, true)
    if not equals then
      fault(errors, "/query/*", "no_equals_sign")
    else
      local name = decode(sub(pair, 1, equals - 1), errors)
      local value = decode(sub(pair, equals + 1), errors)
      if not PARAMETERS[name] then
        fault(errors, "/query/*", "unknown")
      elseif seen[name] then
        fault(errors, "/query/" .. name, "repeated")
      else
        seen[name] = true
        check_value(value, "/query/" .. name, errors)
        if name == "locale" then
          locale = read_locale(value, "/query/locale", errors)
        else
          stated[#stated + 1] = name
          stated[#stated + 1] = value
        end
      end
    end
    from = to and to + 1
  until not from
  return stated, locale
end

local function write_query(stated, locale)
  local query = ""
  for at = 1, #stated, 2 do
    local value = stated[at + 1]
    if not ngx_re.find(value, PLAIN_VALUE, "jo") then
      value = escape_uri(value)
    end
    query = query .. (at > 1 and "&" or "") .. stated[at] .. "=" .. value
  end
  if locale then
    query = query .. (query ~= "" and "&" or "") .. "locale=" .. locale
  end
  return query
end

local function has_parameter(stated, name)
  for at = 1, #stated, 2 do
    if stated[at] == name then
      return true
    end
  end
  return false
end

-- A header's only value; several come as a table.
local function one(value, code)
  if type(value) == "table" then
    refuse(code)
  end
  return value
end

local function authenticate(headers)
  local api_key, authorization = headers["api-key"], headers["authorization"]
  local key
  if api_key and not authorization then
    key = one(api_key, "host_unauthenticated")
  elseif authorization and not api_key then
    authorization = one(authorization, "host_unauthenticated")
    key = lower(sub(authorization, 1, 7)) == "bearer " and sub(authorization, 8) or nil
  end
  if not key or key == "" or #key > MAX_KEY or not ngx_re.find(key, KEY, "jo") then
    refuse("host_unauthenticated")
  end
  local digest = sha256:new()
  digest:update(key)
  local host = hosts[digest:final()]
  if not host then
    refuse("host_unauthenticated")
  end
  return host
end

-- How complete the profile is: 1 is userId alone, 2 something in between, 3 enough for a new user.
local function completeness(clinician)
  if clinician.firstName and clinician.lastName and clinician.email then
    return 3
  end
  local more = clinician.firstName or clinician.lastName or clinician.email
  return (more or clinician.licenseNumber or clinician.preferredLanguage) and 2 or 1
end

local function refuse_missing(clinician, place)
  local errors = {}
  for _, name in ipairs { "firstName", "lastName", "email" } do
    if not clinician[name] then
      fault(errors, place .. "/" .. name, "required")
    end
  end
  refuse("user_fields_missing", errors)
end

-- Whose session it will be, and the warnings, ready to be written.
local function decide(intent, clinician, place)
  if not clinician then
    if intent ~= "owner" then
      refuse("identity_required")
    end
    return POLICY.owner_session and "owner" or refuse("owner_session_denied"), ""
  end
  local profile = completeness(clinician)
  if intent == "owner" or (intent == "clone" and profile > 1) then
    refuse("intent_conflict")
  elseif intent == "existing" then
    if profile == 1 then
      return "clinician_or_clone", '"may_clone_owner"'
    end
    return "clinician", ""
  elseif intent == "clone" then
    return POLICY.owner_clone and "clone" or refuse("owner_clone_denied"), ""
  elseif intent == "new" and profile < 3 then
    refuse_missing(clinician, place)
  elseif profile == 1 then
    return POLICY.owner_clone and "clinician_or_clone" or refuse("intent_required"), '"may_clone_owner"'
  elseif profile == 2 and not POLICY.partial_profile then
    refuse_missing(clinician, place)
  end
  local warnings = profile == 2 and '"may_be_rejected_if_new"' or ""
  if not clinician.licenseNumber then
    warnings = warnings .. (warnings == "" and "" or ",") .. '"licence_may_be_inherited"'
  end
  return "clinician", warnings
end

local INTENTS = { owner = true, existing = true, upsert = true, new = true, clone = true }

-- What else an answer may be than the bare URL: with white space around it, without its scheme, a JSON string, or an
-- object that holds it.
local function unwrap(answer)
  local text = match(answer, "^%s*(.-)%s*$")
  local first = byte(text)
  if first == 34 or first == 123 then
    local value = cjson.decode(text)
    if type(value) == "table" then
      value = value.url or value.iframeUrl
    end
    text = value
  end
  if type(text) ~= "string" or text == "" or first == 60 then
    refuse("upstream_bad_body")
  end
  return find(text, "://", 1, true) and text or "https://" .. text
end

-- The checked URL in an answer, and its origin.
local function read_url(answer)
  local found = ngx_re.match(answer, EMBED_URL, "jo")
  if not found then
    answer = unwrap(answer)
    found = ngx_re.match(answer, EMBED_URL, "jo")
  end
  if not found or #answer > MAX_URL or not embed_hosts[found[1]] then
    refuse("upstream_bad_url")
  end
  return answer, "https://" .. found[1]
end

local UPSTREAM_CODES = {
  [400] = "upstream_rejected", [401] = "upstream_authentication_failed", [403] = "upstream_rejected",
  [404] = "upstream_rejected", [409] = "upstream_rejected", [410] = "upstream_rejected", [422] = "upstream_rejected",
  [429] = "upstream_busy", [502] = "upstream_unreachable", [503] = "upstream_busy", [504] = "upstream_timeout",
}

local function call(endpoint, query, header)
  local answer = capture("/empego/" .. endpoint, { args = query, vars = { user_header = header } })
  if answer.status ~= 200 then
    refuse(UPSTREAM_CODES[answer.status] or "upstream_error")
  end
  if answer.truncated then
    refuse("upstream_bad_body")
  end
  return answer.body
end

local function request_id(headers)
  local sent = headers["x-request-id"]
  if type(sent) == "string" and ngx_re.find(sent, UUID, "jo") then
    return sent
  end
  local hex = ngx.var.request_id
  return concat({ sub(hex, 1, 8), sub(hex, 9, 12), "4" .. sub(hex, 14, 16), "a" .. sub(hex, 18, 20), sub(hex, 21) }, "-")
end

local function add_headers(id, content_type, body)
  local header = ngx.header
  header["Content-Type"] = content_type
  header["Content-Length"] = #body
  header["x-request-id"] = id
  return header
end

local function document(launch, url, origin)
  return concat {
    '{"url":"', url, '","origin":"', origin, '","identity":"', launch.identity,
    '","audience":"', ENDPOINTS[launch.endpoint], '","warnings":[', launch.warnings, '],"requestId":"', launch.id,
    '","frame":{"referrerPolicy":"strict-origin"}}',
  }
end

-- Writes the error body and the record of a refused launch.
local function answer_refusal(refusal, launch)
  local row = CODES[refusal.code]
  local errors = {}
  for at, mistaken in ipairs(refusal.errors or {}) do
    errors[at] = format('{"field":"%s","code":"%s","message":"%s"}', mistaken[1], mistaken[2], SENTENCES[mistaken[2]])
  end
  local now = ngx.now()
  local body = concat {
    '{"timestamp":"', os.date("!%Y-%m-%dT%H:%M:%S", now), format(".%03dZ", now % 1 * 1000), '","status":', row[1],
    ',"error":"', REASONS[row[1]], '","message":"', row[4],
    '","path":', gsub(cjson.encode(ngx.var.uri), "\\/", "/"), ',"code":"', refusal.code, '","source":"', row[2],
    '","retryable":', tostring(row[3]), ',"requestId":"', launch.id, '"',
    row[2] == "upstream" and ',"upstream":{"status":null}' or "", ',"errors":[', concat(errors, ","), "]}",
  }
  ngx.var.launch_record = format('"request_id":"%s","endpoint":"%s","code":"%s","source":"%s"',
    launch.id, ENDPOINTS[launch.endpoint] and launch.endpoint or "", refusal.code, row[2])
  ngx.status = row[1]
  local header = add_headers(launch.id, "application/json", body)
  if row[1] == 401 and row[2] == "caller" then
    header["WWW-Authenticate"] = "Bearer"
  end
  ngx.print(body)
end

-- What both forms do before they read anything of the launch.
local function begin(launch, headers, prefix)
  launch.endpoint = sub(ngx.var.uri, prefix + 1)
  if not ENDPOINTS[launch.endpoint] then
    refuse("not_found")
  end
  launch.host = authenticate(headers)
  if headers["origin"] then
    refuse("origin_denied")
  end
  if headers["x-management-key"] then
    refuse("reserved_header")
  end
end

local function require_patient(launch, errors, place)
  if NEEDS_PATIENT[launch.endpoint] and not has_parameter(launch.stated, "patientKey") then
    fault(errors, place, "required")
  end
end

-- Decides, calls, checks and records, once a launch is read.
local function mint(launch, place)
  launch.identity, launch.warnings = decide(launch.intent, launch.clinician, place)
  local header = launch.clinician and encode_base64(write_clinician(launch.clinician))
  local started = ngx.now()
  local url, origin = read_url(call(launch.endpoint, write_query(launch.stated, launch.locale), header))
  ngx.var.launch_record = concat {
    '"request_id":"', launch.id, '","endpoint":"', launch.endpoint, '","host":"', launch.host.id, '","tenant":"',
    launch.host.tenant, '","intent":"', launch.intent, '","identity":"', launch.identity,
    '","code":"ok","attempts":1,"upstream_s":', format("%.3f", ngx.now() - started),
  }
  return url, origin
end

local function read_user_header(value, errors)
  value = one(value, "header_repeated")
  if not value then
    return nil, "invalid_request"
  end
  local place = "/header/x-integration-user"
  if #value > MAX_HEADER then
    refuse("header_too_large", { { place, "too_large" } })
  end
  local json = value ~= "" and decode_base64(value)
  if not json then
    fault(errors, place, "not_base64")
    return nil, "header_not_base64"
  end
  if not is_utf8(json) then
    fault(errors, place, "not_utf8")
    return nil, "header_not_utf8"
  end
  local clinician = cjson.decode(json)
  if clinician == nil then
    fault(errors, place, "not_json")
    return nil, "header_not_json"
  end
  local before = #errors
  check_clinician(clinician, "", errors)
  return clinician, #errors > before and "header_schema" or "invalid_request"
end

local function takes_json_only(accept)
  if type(accept) ~= "string" or not find(accept, "application/", 1, true) then
    return false
  end
  return not (find(accept, "text/", 1, true) or find(accept, "*/*", 1, true))
end

local function drop_in(launch, headers)
  begin(launch, headers, DROP_IN_PREFIX)
  if ngx.req.get_method() ~= "GET" then
    refuse("method_not_allowed")
  end
  local errors = {}
  local clinician, code = read_user_header(headers["x-integration-user"], errors)
  launch.clinician = clinician
  local intent = one(headers["x-integration-intent"], "invalid_request")
  if intent and not INTENTS[intent] then
    fault(errors, "/header/x-integration-intent", "bad_value")
  end
  launch.intent = intent or (clinician and "upsert" or "owner")
  launch.stated, launch.locale = read_query(ngx.var.args, errors)
  require_patient(launch, errors, "/query/patientKey")
  if #errors > 0 then
    refuse(code, errors)
  end

  local url, origin = mint(launch, "")
  local content_type, body = "text/plain; charset=utf-8", url
  if takes_json_only(headers["accept"]) then
    content_type, body = "application/json", document(launch, url, origin)
  end
  local header = add_headers(launch.id, content_type, body)
  header["Vary"] = "Accept"
  if launch.warnings ~= "" then
    header["x-gateway-warnings"] = gsub(gsub(launch.warnings, '"', ""), ",", ", ")
  end
  ngx.print(body)
end

local function read_body(headers)
  local media = headers["content-type"]
  if type(media) ~= "string" or not ngx_re.find(media, JSON_MEDIA, "joi") then
    refuse("unsupported_media_type", { { "/header/content-type", "bad_value" } })
  end
  ngx.req.read_body()
  local text = ngx.req.get_body_data()
  if not text then
    refuse("invalid_request", { { "", "not_json" } })
  end
  if not is_utf8(text) then
    refuse("invalid_request", { { "", "not_utf8" } })
  end
  local body = cjson.decode(text)
  if type(body) ~= "table" then
    refuse("invalid_request", { { "", "not_json" } })
  end
  return body
end

local function native(launch, headers)
  begin(launch, headers, NATIVE_PREFIX)
  if ngx.req.get_method() ~= "POST" then
    refuse("method_not_allowed")
  end
  local errors = {}
  if headers["x-integration-user"] or headers["x-integration-intent"] then
    fault(errors, "/header/x-integration-user", "not_accepted")
  end
  if ngx.var.args then
    fault(errors, "/query/*", "not_accepted")
  end
  local body = read_body(headers)
  local clinician = body.clinician
  if clinician ~= nil then
    check_clinician(clinician, "/clinician", errors)
  end
  launch.clinician = clinician
  local intent = body.intent
  if intent ~= nil and not INTENTS[intent] then
    fault(errors, "/intent", "bad_value")
  end
  local stated = {}
  if type(body.patientKey) == "string" then
    check_value(body.patientKey, "/patientKey", errors)
    stated[1], stated[2] = "patientKey", body.patientKey
  elseif body.patientKey ~= nil then
    fault(errors, "/patientKey", "wrong_type")
  end
  if type(body.locale) == "string" then
    launch.locale = read_locale(body.locale, "/locale", errors)
  elseif body.locale ~= nil then
    fault(errors, "/locale", "wrong_type")
  end
  if type(body.params) == "table" then
    for name, value in pairs(body.params) do
      if not PARAMETERS[name] or name == "patientKey" or name == "locale" or type(value) ~= "string" then
        fault(errors, "/params/*", "unknown")
      else
        check_value(value, "/params/" .. name, errors)
        stated[#stated + 1] = name
        stated[#stated + 1] = value
      end
    end
  elseif body.params ~= nil then
    fault(errors, "/params", "wrong_type")
  end
  local known = (clinician ~= nil and 1 or 0) + (intent ~= nil and 1 or 0) + (body.patientKey ~= nil and 1 or 0)
    + (body.locale ~= nil and 1 or 0) + (body.params ~= nil and 1 or 0)
  if nkeys(body) > known then
    fault(errors, "/*", "unknown")
  end
  launch.stated = stated
  require_patient(launch, errors, "/patientKey")
  if #errors > 0 then
    refuse("invalid_request", errors)
  end
  if not clinician and not intent then
    refuse("identity_required")
  end
  launch.intent = intent or "upsert"
  if not launch.locale and clinician and clinician.preferredLanguage and ENDPOINTS[launch.endpoint] == "clinician" then
    launch.locale = LOCALES[clinician.preferredLanguage]
  end

  local url, origin = mint(launch, "/clinician")
  local answer = document(launch, url, origin)
  add_headers(launch.id, "application/json", answer)
  ngx.print(answer)
end

local function answered(form)
  return function()
    local headers = get_headers()
    local launch = { id = request_id(headers) }
    local fine, refusal = pcall(form, launch, headers)
    if not fine then
      if type(refusal) ~= "table" then
        error(refusal)
      end
      answer_refusal(refusal, launch)
    end
  end
end

return {
  drop_in = answered(drop_in),
  native = answered(native),
  configure = function(settings)
    local digest = gsub(settings.key_sha256, "%x%x", function(hex)
      return string.char(tonumber(hex, 16))
    end)
    hosts[digest] = { id = "ehr", tenant = "clinic" }
    embed_hosts[settings.embed_host] = true
  end,
}
