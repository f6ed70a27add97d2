-- The part of its authority's CRL that lists a certificate: stated when it is registered, and kept for ever.
ALTER TABLE authority ADD COLUMN partitioned boolean NOT NULL DEFAULT false;
ALTER TABLE certificate ADD COLUMN crl_partition text;
