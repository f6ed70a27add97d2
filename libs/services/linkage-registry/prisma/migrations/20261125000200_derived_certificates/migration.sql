-- A derived credential that is a certificate of an authority known here: what that authority says of it, in a CRL or
-- otherwise, is found by its name there; the certificate itself need not be registered.
ALTER TABLE derived_credential
  ADD COLUMN own_authority text REFERENCES authority,
  ADD COLUMN own_index bytea,
  ADD COLUMN held boolean NOT NULL DEFAULT false,
  -- Why it is in its state, as its provider was told last.
  ADD COLUMN reason text,
  ADD CHECK ((own_authority IS NULL) = (own_index IS NULL));
CREATE INDEX derived_credential_by_own_name ON derived_credential (own_index, own_authority) WHERE own_index IS NOT NULL;

-- News of such a credential, beside those of a certificate, and those for one recipient.
ALTER TABLE news_item
  ADD COLUMN credential_id uuid,
  DROP CONSTRAINT news_item_check,
  DROP CONSTRAINT news_item_check1,
  ADD CHECK (num_nonnulls(certificate_id, credential_id, recipient) = 1),
  ADD CHECK ((type IS NULL) = (recipient IS NOT NULL) AND (recipient IS NULL) = (event_sealed IS NULL));
