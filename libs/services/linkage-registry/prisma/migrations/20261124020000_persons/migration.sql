-- Keys in envelopes. What is sealed begins with the number of its data key (4 octets); a data key is wrapped under the root
-- key, under two while that is changed. Keys of blind indexes are kept alike, and never change: rows are found by them.
CREATE TABLE data_key (
  data_key_id integer PRIMARY KEY CHECK (data_key_id > 0),
  purpose text NOT NULL CHECK (purpose IN ('sealing', 'serial_index', 'fingerprint_index', 'holder_index')),
  created_at bigint NOT NULL,
  -- No more used to seal.
  retired_at bigint,
  -- Its wrappings are gone.
  destroyed_at bigint,
  CHECK (purpose = 'sealing' OR retired_at IS NULL),
  CHECK (destroyed_at IS NULL OR retired_at IS NOT NULL)
);
CREATE UNIQUE INDEX data_key_in_use ON data_key (purpose) WHERE retired_at IS NULL;
CREATE TABLE data_key_wrapping (
  data_key_id integer NOT NULL REFERENCES data_key,
  root_key_id text NOT NULL,
  wrapped bytea NOT NULL,
  PRIMARY KEY (data_key_id, root_key_id)
);

-- A person has one key, in its row; another one is minted when a split leaves somebody without a name (ADR 13). Ids of keys
-- are of one sequence: the first key has the id of its person.
ALTER TABLE person ALTER COLUMN person_key_sealed DROP NOT NULL;
UPDATE person SET person_key_sealed = '\x00000001'::bytea || person_key_sealed;
ALTER TABLE person
  -- Named in a record of merges and splits: who is who takes a look at the history.
  ADD COLUMN entangled boolean NOT NULL DEFAULT false,
  ADD COLUMN erased_at bigint,
  ADD CHECK ((erased_at IS NULL) = (person_key_sealed IS NOT NULL));
CREATE TABLE further_person_key (
  key_id bigint PRIMARY KEY DEFAULT nextval(pg_get_serial_sequence('person', 'person_id')),
  person_id bigint NOT NULL REFERENCES person,
  person_key_sealed bytea NOT NULL,
  minted_at bigint NOT NULL
);
CREATE INDEX further_person_key_of_person ON further_person_key (person_id);

-- Merges and splits of persons, in both times, only added (the records of `@kakunin/persons`).
CREATE TABLE person_record (
  record_id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('persons_merged', 'person_split', 'retraction')),
  -- Who survives, who is split.
  person_id bigint REFERENCES person,
  -- Who is absorbed, into whom it is split.
  other_id bigint REFERENCES person,
  -- Those that go over with a split.
  certificate_ids bigint[],
  retracts uuid REFERENCES person_record,
  effective_from bigint,
  recorded_at bigint NOT NULL,
  recorded_by text NOT NULL,
  -- Blind index of what was asked: the same request again is found, another one under its id is refused.
  request_index bytea NOT NULL,
  CHECK ((kind = 'retraction') = (retracts IS NOT NULL)),
  CHECK ((kind = 'retraction') = (person_id IS NULL AND other_id IS NULL AND effective_from IS NULL)),
  CHECK ((kind = 'person_split') = (certificate_ids IS NOT NULL))
);
CREATE INDEX person_record_of_person ON person_record (person_id);
CREATE INDEX person_record_of_other ON person_record (other_id);
CREATE INDEX person_record_retracting ON person_record (retracts);
CREATE TRIGGER person_record_append_only BEFORE UPDATE OR DELETE ON person_record
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE erasure (
  request_id uuid PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES person,
  erased_at bigint NOT NULL,
  erased_by text NOT NULL,
  request_index bytea NOT NULL
);
CREATE TRIGGER erasure_append_only BEFORE UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Under which key the name was given, for which certificate, first when.
ALTER TABLE presentation ADD COLUMN key_id bigint, ADD COLUMN given_at bigint NOT NULL DEFAULT 0;
UPDATE presentation SET key_id = person_id FROM certificate WHERE certificate.certificate_id = presentation.certificate_id;
ALTER TABLE presentation ALTER COLUMN key_id SET NOT NULL, ALTER COLUMN given_at DROP DEFAULT;
ALTER TABLE presentation DROP CONSTRAINT presentation_pkey;
ALTER TABLE presentation ADD PRIMARY KEY (certificate_id, service_provider, key_id);
CREATE INDEX presentation_of_key ON presentation (key_id);

-- A sector is one service provider (then it has its code), or a group that was approved.
ALTER TABLE sector RENAME TO sector_before;
ALTER TABLE sector_before RENAME CONSTRAINT sector_pkey TO sector_before_pkey;
CREATE TABLE sector (sector text PRIMARY KEY);
CREATE TABLE sector_key (
  sector text NOT NULL REFERENCES sector,
  version integer NOT NULL CHECK (version > 0),
  -- Gone when it was destroyed.
  sector_key_sealed bytea,
  minted_at bigint NOT NULL,
  PRIMARY KEY (sector, version)
);
-- By which keys a service provider is given its names, one step after the other: a rotation, or a merge of sectors.
CREATE TABLE sector_step (
  service_provider text NOT NULL REFERENCES relying_party,
  step integer NOT NULL CHECK (step > 0),
  sector text NOT NULL,
  version integer NOT NULL,
  current_from bigint NOT NULL,
  -- Until when these names are given beside those of the next step; absent in the last one.
  given_until bigint,
  PRIMARY KEY (service_provider, step),
  FOREIGN KEY (sector, version) REFERENCES sector_key
);
CREATE INDEX sector_step_of_key ON sector_step (sector, version);
CREATE TABLE sector_approval (
  sector text NOT NULL REFERENCES sector,
  service_provider text NOT NULL REFERENCES relying_party,
  approved_by text NOT NULL,
  approval text NOT NULL,
  approved_at bigint NOT NULL,
  PRIMARY KEY (sector, service_provider)
);
INSERT INTO sector SELECT service_provider FROM sector_before;
INSERT INTO sector_key SELECT service_provider, 1, '\x00000001'::bytea || sector_key_sealed, 0 FROM sector_before;
INSERT INTO sector_step SELECT service_provider, 1, service_provider, 1, 0, NULL FROM sector_before;
DROP TABLE sector_before;

-- Two service providers become one sector, when both have signed that they want it.
CREATE TABLE consent_key (
  service_provider text PRIMARY KEY REFERENCES relying_party,
  -- C2SP vkey, named by the code of the service provider.
  verifier_key text NOT NULL
);
CREATE TABLE sector_merge (
  proposal_id uuid PRIMARY KEY,
  survivor text NOT NULL REFERENCES relying_party,
  absorbed text NOT NULL REFERENCES relying_party,
  effective_from bigint NOT NULL,
  window_ends_at bigint NOT NULL,
  consent_until bigint NOT NULL,
  survivor_consent bytea,
  absorbed_consent bytea,
  merged_at bigint
);

-- Of a translation token its hash alone is kept.
CREATE TABLE translation (
  token_hash text PRIMARY KEY,
  certificate_id bigint NOT NULL,
  from_provider text NOT NULL,
  to_provider text NOT NULL,
  expires_at bigint NOT NULL,
  redeemed_at bigint
);
CREATE INDEX translation_by_end ON translation (expires_at);

-- Ed25519 keys by which the registry vouches for what it hands out.
CREATE TABLE note_key (
  purpose text PRIMARY KEY,
  private_key_sealed bytea NOT NULL
);
