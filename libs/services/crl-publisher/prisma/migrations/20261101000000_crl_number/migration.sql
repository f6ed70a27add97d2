-- The highest CRL number ever allotted to an authority, published or not: a number is never used twice, not even
-- after a crash between signing and publishing (RFC 5280, 5.2.3: at most 20 octets, monotonically increasing).
CREATE TABLE crl_number (
  authority_id text           PRIMARY KEY,
  last_number  numeric(48, 0) NOT NULL CHECK (last_number > 0),
  allotted_at  timestamptz(3) NOT NULL
);
