-- News for service providers. What they are told lies here encrypted: side by side, names that change in one instant would
-- show which of them are one person's.

-- What happened, noted in the transaction in which it happened; whoever tells those concerned removes it.
CREATE TABLE news_item (
  item_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  certificate_id bigint,
  -- Of a certificate: what happened to it.
  type text,
  -- Of a person: to whom, and what is told.
  recipient text,
  event_sealed bytea,
  CHECK ((certificate_id IS NULL) = (type IS NULL) AND (recipient IS NULL) = (event_sealed IS NULL)),
  CHECK ((type IS NULL) <> (recipient IS NULL))
);

-- How far the feed of a service provider goes. Its row is locked from taking a sequence to commit: no reader sees a later
-- event before an earlier one.
CREATE TABLE linkage_feed (
  recipient text PRIMARY KEY REFERENCES relying_party,
  last_sequence bigint NOT NULL,
  -- Events up to here have been forgotten.
  forgotten_sequence bigint NOT NULL DEFAULT 0
);

CREATE TABLE linkage_event (
  recipient text NOT NULL REFERENCES linkage_feed,
  sequence bigint NOT NULL,
  at bigint NOT NULL,
  event_sealed bytea NOT NULL,
  PRIMARY KEY (recipient, sequence)
);
CREATE INDEX linkage_event_by_age ON linkage_event (at);

CREATE TABLE webhook_endpoint (
  endpoint_id uuid PRIMARY KEY,
  recipient text NOT NULL REFERENCES relying_party,
  url text NOT NULL,
  state text NOT NULL CHECK (state IN ('unverified', 'active', 'disabled')),
  -- Why it is disabled: `gone` (it answered 410), `failing` (for days).
  disabled_because text CHECK (disabled_because IN ('gone', 'failing')),
  created_at bigint NOT NULL,
  failing_since bigint,
  CHECK ((state = 'disabled') = (disabled_because IS NOT NULL))
);
CREATE INDEX webhook_endpoint_of_recipient ON webhook_endpoint (recipient);

-- What signs: the newest key of an endpoint, and until its end the one before.
CREATE TABLE webhook_key (
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
  version int NOT NULL,
  secret_sealed bytea NOT NULL,
  private_key_sealed bytea NOT NULL,
  public_key text NOT NULL,
  ends_at bigint,
  PRIMARY KEY (endpoint_id, version)
);

-- Messages on their way; what is delivered is removed.
CREATE TABLE webhook_delivery (
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
  recipient text NOT NULL,
  sequence bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'dead')),
  attempts int NOT NULL,
  -- When it is tried again; whoever tries it sets this ahead, so that nobody else does meanwhile.
  next_attempt_at bigint NOT NULL,
  dead_at bigint,
  dead_because text CHECK (dead_because IN ('endpoint_gone', 'exhausted', 'endpoint_disabled')),
  PRIMARY KEY (endpoint_id, sequence),
  FOREIGN KEY (recipient, sequence) REFERENCES linkage_event ON DELETE CASCADE,
  CHECK ((state = 'dead') = (dead_at IS NOT NULL AND dead_because IS NOT NULL))
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_dead ON webhook_delivery (endpoint_id, sequence) WHERE state = 'dead';
CREATE INDEX webhook_delivery_of_event ON webhook_delivery (recipient, sequence);

-- What rests on a person's certificate. A provider's own name for it lies here encrypted, and is found by its index.
CREATE TABLE derived_credential (
  credential_id uuid PRIMARY KEY,
  provider text NOT NULL REFERENCES relying_party,
  kind text NOT NULL CHECK (kind IN ('certificate', 'account', 'fido_credential')),
  reference_index bytea NOT NULL,
  reference_sealed bytea NOT NULL,
  base bigint NOT NULL,
  base_not_after bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('grounded', 'suspended', 'ended')),
  state_since bigint NOT NULL,
  successor_until bigint,
  registered_at bigint NOT NULL
);
-- A reference is of one credential at a time.
CREATE UNIQUE INDEX derived_credential_in_force ON derived_credential (provider, reference_index) WHERE state <> 'ended';
CREATE INDEX derived_credential_of_base ON derived_credential (base) WHERE state <> 'ended';
CREATE INDEX derived_credential_by_end ON derived_credential (least(base_not_after, successor_until)) WHERE state <> 'ended';

-- Two service providers that want to know which persons both serve.
CREATE TABLE matching (
  matching_id uuid PRIMARY KEY,
  proposer text NOT NULL REFERENCES relying_party,
  partner text NOT NULL REFERENCES relying_party,
  purpose text NOT NULL,
  most_inputs int NOT NULL CHECK (most_inputs > 0),
  proposed_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  consented_at bigint,
  -- Made with the consent, destroyed at the end.
  key_sealed bytea,
  public_key bytea,
  proposer_inputs int NOT NULL DEFAULT 0,
  partner_inputs int NOT NULL DEFAULT 0,
  ended_at bigint,
  CHECK (proposer <> partner AND proposer_inputs <= most_inputs AND partner_inputs <= most_inputs),
  CHECK (key_sealed IS NULL OR (consented_at IS NOT NULL AND ended_at IS NULL))
);
CREATE INDEX matching_by_end ON matching (expires_at) WHERE ended_at IS NULL;
