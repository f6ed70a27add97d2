-- What was presented as proof of a check: each is taken once. nonce is that of the OCSP request.
CREATE TABLE used_check (
  nonce bytea PRIMARY KEY,
  expires_at bigint NOT NULL
);
CREATE INDEX used_check_by_end ON used_check (expires_at);

-- For which purposes persons are named to a service provider, on which proofs, and what is said of their certificates.
-- Absent: the strictest (see identification-policy.ts).
CREATE TABLE identification_policy (
  service_provider text PRIMARY KEY REFERENCES relying_party,
  policy jsonb NOT NULL,
  changed_at bigint NOT NULL
);

-- How much a caller may ask; absent: what the configuration says.
CREATE TABLE call_limit (
  caller text PRIMARY KEY REFERENCES relying_party,
  calls_an_hour integer NOT NULL CHECK (calls_an_hour > 0),
  persons_a_day integer NOT NULL CHECK (persons_a_day > 0)
);

-- What is left of it. Processes take from it in parts, so that a restart gives nothing back.
CREATE TABLE call_quota (
  caller text PRIMARY KEY,
  left_over double precision NOT NULL,
  at bigint NOT NULL
);

-- About how many persons each caller asked about on a day (a counter of `@kakunin/probing`), under a key of that day.
CREATE TABLE counting_day (
  day date PRIMARY KEY,
  key_sealed bytea NOT NULL
);
CREATE TABLE persons_asked (
  day date NOT NULL REFERENCES counting_day ON DELETE CASCADE,
  caller text NOT NULL,
  counter bytea NOT NULL,
  PRIMARY KEY (day, caller)
);

-- Who is refused until somebody has looked into it.
CREATE TABLE probing_block (
  caller text PRIMARY KEY,
  reason text NOT NULL CHECK (reason IN ('probing', 'honey')),
  blocked_at bigint NOT NULL
);
