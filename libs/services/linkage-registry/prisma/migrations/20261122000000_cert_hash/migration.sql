-- Whether fingerprints go with the certificates of an authority, so that OCSP answers can prove by CertHash which one was
-- issued. They are announced, and still not kept here.
ALTER TABLE authority ADD COLUMN cert_hash boolean NOT NULL DEFAULT false;
