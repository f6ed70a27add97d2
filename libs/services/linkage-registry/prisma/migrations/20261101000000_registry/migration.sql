-- Instants are epoch milliseconds. No column holds a serial number, a fingerprint or a holder's handle: columns named
-- *_index are keyed blind indexes (HMAC under the root key), columns named *_sealed are encrypted under it (AES-256-GCM).

-- Tells at start whether the root key is the one that everything here was made with.
CREATE TABLE root_key (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  key_check bytea NOT NULL
);

CREATE TABLE authority (
  authority_id text PRIMARY KEY,
  certificate_class text NOT NULL CHECK (certificate_class IN ('signature', 'user-authentication')),
  certificate bytea NOT NULL,
  -- SHA-256 of the public key: an authority is one key, and a key is one authority.
  key_hash bytea NOT NULL UNIQUE,
  serial_scheme jsonb NOT NULL,
  -- Authorities of one realm mean the same person by the same handle.
  holder_realm text NOT NULL,
  registered_at bigint NOT NULL
);

CREATE TABLE person (
  person_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  holder_index bytea NOT NULL UNIQUE,
  person_key_sealed bytea NOT NULL,
  minted_at bigint NOT NULL
);

CREATE TABLE certificate (
  certificate_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  authority_id text NOT NULL REFERENCES authority,
  serial_index bytea NOT NULL,
  fingerprint_index bytea,
  carrier text NOT NULL CHECK (carrier IN ('card', 'smartphone')),
  not_after bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('good', 'revoked')),
  revocation_date bigint,
  reason text,
  invalidity_date bigint,
  status_since bigint NOT NULL,
  person_id bigint REFERENCES person,
  UNIQUE (authority_id, serial_index),
  CHECK ((status = 'revoked') = (revocation_date IS NOT NULL AND reason IS NOT NULL))
);

-- The rule above all others, kept here as well as in the code: a final revocation stays as it is.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is refused on %', TG_OP, TG_TABLE_NAME; END $$;

CREATE TRIGGER certificate_final_revocation BEFORE UPDATE ON certificate FOR EACH ROW
  WHEN (
    OLD.status = 'revoked' AND OLD.reason <> 'certificateHold'
    AND (OLD.status, OLD.reason, OLD.revocation_date, OLD.invalidity_date)
      IS DISTINCT FROM (NEW.status, NEW.reason, NEW.revocation_date, NEW.invalidity_date)
  ) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_kept BEFORE DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Which certificate took the place of which.
CREATE TABLE succession (
  successor_id bigint NOT NULL REFERENCES certificate,
  predecessor_id bigint NOT NULL REFERENCES certificate,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (successor_id, predecessor_id),
  CHECK (successor_id <> predecessor_id)
);
CREATE INDEX succession_of_predecessor ON succession (predecessor_id);
CREATE TRIGGER succession_append_only BEFORE UPDATE OR DELETE ON succession
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE relying_party (
  code text PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('platform_provider', 'service_provider', 'office')),
  platform_provider text REFERENCES relying_party,
  roles text[] NOT NULL,
  CHECK ((kind = 'service_provider') = (platform_provider IS NOT NULL))
);

CREATE TABLE credential (
  fingerprint text PRIMARY KEY,
  party_code text NOT NULL REFERENCES relying_party,
  not_before bigint NOT NULL,
  not_after bigint NOT NULL,
  revoked_at bigint
);
CREATE INDEX credential_of_party ON credential (party_code);

-- One a service provider; outlives a change of its name or of its platform provider.
CREATE TABLE sector (
  service_provider text PRIMARY KEY REFERENCES relying_party,
  sector_key_sealed bytea NOT NULL
);

CREATE TABLE challenge (
  challenge_id uuid PRIMARY KEY,
  challenge bytea NOT NULL,
  platform_provider text NOT NULL,
  service_provider text NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX challenge_by_end ON challenge (expires_at);

-- Which certificate was shown to which service provider: whom news of it concerns.
CREATE TABLE presentation (
  certificate_id bigint NOT NULL REFERENCES certificate,
  service_provider text NOT NULL REFERENCES relying_party,
  PRIMARY KEY (certificate_id, service_provider)
);

-- Who asked for a name, when, and whether it was given; not whose.
CREATE TABLE identification_audit (
  identification_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  platform_provider text NOT NULL,
  service_provider text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('identified', 'not_identifiable'))
);
CREATE TRIGGER identification_audit_append_only BEFORE UPDATE OR DELETE ON identification_audit
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
