-- Who reports usage that was counted elsewhere. The row is locked while a report of the tenant is taken: its segments
-- are numbered without gaps, and two requests with the same event id come one after the other.
CREATE TABLE usage_event_tenant (
  tenant        text   PRIMARY KEY,
  last_sequence bigint NOT NULL DEFAULT 0
);

-- Every event that was ever accepted, for ever: so an event that comes again after a year is still charged once. The
-- key is a hash of (tenant, source, id), the other hash is of the whole event. Where the event stands in the ledger is
-- what its first answer said. About 180 octets an event with its index.
CREATE TABLE usage_event (
  key      bytea   PRIMARY KEY CHECK (octet_length(key) = 32),
  sha256   bytea   NOT NULL CHECK (octet_length(sha256) = 32),
  sequence bigint  NOT NULL,
  index    integer NOT NULL
);

-- Events that were refused because another event has their id. None is dropped: whoever sent it may be owed a charge.
CREATE TABLE usage_event_quarantine (
  number          bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant          text           NOT NULL,
  key             bytea          NOT NULL,
  accepted_sha256 bytea          NOT NULL,
  refused_sha256  bytea          NOT NULL,
  refused         jsonb          NOT NULL,
  refused_at      timestamptz(3) NOT NULL,
  UNIQUE (key, refused_sha256)
);
CREATE INDEX usage_event_quarantine_tenant ON usage_event_quarantine (tenant, number);

-- Keys of certificate digests by calendar year in Japan. A key is emptied when the objection period of its year ends:
-- after that nothing leads from a digest to a certificate.
CREATE TABLE usage_digest_key (
  year text  PRIMARY KEY,
  key  bytea CHECK (octet_length(key) = 32)
);
