-- 200 million certificates, in sixteen tables: one has 12 million rows, is vacuumed by itself and has an index a level
-- lower. Parted by the blind index, which every look-up has and which is as random as a hash.
--
-- What a partitioned table cannot have, or what would cost more than the row itself (a foreign key makes an insert three
-- times as slow), the registry upholds: it alone writes here, it takes a certificate's number from the sequence, it reads
-- authority and person in the transaction that names them, and none of the three is ever deleted. So nothing refers here by
-- a foreign key, either.
CREATE SEQUENCE certificate_number;

ALTER TABLE certificate RENAME TO certificate_whole;

-- Columns of fixed width first, as PostgreSQL pads them.
CREATE TABLE certificate (
  certificate_id bigint NOT NULL DEFAULT nextval('certificate_number'),
  not_after bigint NOT NULL,
  status_since bigint NOT NULL,
  person_id bigint,
  revocation_date bigint,
  invalidity_date bigint,
  authority_id text NOT NULL,
  serial_index bytea NOT NULL,
  fingerprint_index bytea,
  carrier text NOT NULL CHECK (carrier IN ('card', 'smartphone')),
  status text NOT NULL CHECK (status IN ('good', 'revoked')),
  reason text,
  crl_partition text,
  -- The index that tells rows apart stands first: one comparison, not two.
  UNIQUE (serial_index, authority_id),
  CHECK ((status = 'revoked') = (revocation_date IS NOT NULL AND reason IS NOT NULL))
) PARTITION BY HASH (serial_index);

DO $$ BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format(
      'CREATE TABLE certificate_%s PARTITION OF certificate FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
  END LOOP;
END $$;

INSERT INTO certificate (certificate_id, not_after, status_since, person_id, revocation_date, invalidity_date, authority_id,
  serial_index, fingerprint_index, carrier, status, reason, crl_partition)
SELECT certificate_id, not_after, status_since, person_id, revocation_date, invalidity_date, authority_id,
  serial_index, fingerprint_index, carrier, status, reason, crl_partition
FROM certificate_whole;
SELECT setval('certificate_number', (SELECT coalesce(max(certificate_id), 0) + 1 FROM certificate), false);

-- With the foreign keys that refer to it.
DROP TABLE certificate_whole CASCADE;
CREATE INDEX certificate_by_id ON certificate (certificate_id);
CREATE INDEX certificate_of_person ON certificate (person_id) WHERE person_id IS NOT NULL;

CREATE TRIGGER certificate_final_revocation BEFORE UPDATE ON certificate FOR EACH ROW
  WHEN (
    OLD.status = 'revoked' AND OLD.reason <> 'certificateHold'
    AND (OLD.status, OLD.reason, OLD.revocation_date, OLD.invalidity_date)
      IS DISTINCT FROM (NEW.status, NEW.reason, NEW.revocation_date, NEW.invalidity_date)
  ) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_kept BEFORE DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_change();
