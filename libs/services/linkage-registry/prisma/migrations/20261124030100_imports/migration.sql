-- How far a list was taken, written in the transaction that took it: who sends it again goes on from there.
CREATE TABLE certificate_import (
  authority_id text NOT NULL REFERENCES authority,
  -- Chosen by the sender; of a CRL its SHA-256.
  import_id text NOT NULL,
  format text NOT NULL,
  -- The last line, entry or certificate that was dealt with.
  line bigint NOT NULL DEFAULT 0,
  imported bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  begun_at bigint NOT NULL,
  completed_at bigint,
  -- Of a CRL: the URL of its partition (empty: the whole), and its number.
  distribution_point text,
  crl_number numeric,
  PRIMARY KEY (authority_id, import_id),
  CHECK ((format = 'crl') = (distribution_point IS NOT NULL AND crl_number IS NOT NULL))
);
CREATE INDEX certificate_import_of_crl ON certificate_import (authority_id, distribution_point, crl_number);
