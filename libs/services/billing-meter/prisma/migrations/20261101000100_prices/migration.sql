-- Equality of text inside an exclusion constraint. A trusted extension: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- An absent part of the scope means all. Days begin in Tokyo.
CREATE TABLE tariff (
  id                text           PRIMARY KEY,
  customer          text,
  certificate_class text,
  carrier           text,
  channel           text,
  purpose           text,
  unit_price        bigint         NOT NULL CHECK (unit_price >= 0),
  valid_from        timestamptz(3) NOT NULL CHECK (date_trunc('day', valid_from, 'Asia/Tokyo') = valid_from),
  valid_to          timestamptz(3)          CHECK (date_trunc('day', valid_to, 'Asia/Tokyo') = valid_to),
  recorded_at       timestamptz(3) NOT NULL,
  CHECK (valid_from < valid_to),
  CONSTRAINT tariff_overlap EXCLUDE USING gist (
    coalesce(customer, '') WITH =,
    coalesce(certificate_class, '') WITH =,
    coalesce(carrier, '') WITH =,
    coalesce(channel, '') WITH =,
    coalesce(purpose, '') WITH =,
    tstzrange(valid_from, valid_to) WITH &&
  )
);

CREATE TABLE waiver (
  id                text           PRIMARY KEY,
  customer          text,
  certificate_class text,
  carrier           text,
  channel           text,
  purpose           text,
  legal_ground_ja   text           NOT NULL,
  legal_ground_en   text           NOT NULL,
  valid_from        timestamptz(3) NOT NULL CHECK (date_trunc('day', valid_from, 'Asia/Tokyo') = valid_from),
  valid_to          timestamptz(3)          CHECK (date_trunc('day', valid_to, 'Asia/Tokyo') = valid_to),
  recorded_at       timestamptz(3) NOT NULL,
  CHECK (valid_from < valid_to),
  CONSTRAINT waiver_overlap EXCLUDE USING gist (
    coalesce(customer, '') WITH =,
    coalesce(certificate_class, '') WITH =,
    coalesce(carrier, '') WITH =,
    coalesce(channel, '') WITH =,
    coalesce(purpose, '') WITH =,
    tstzrange(valid_from, valid_to) WITH &&
  )
);

-- What is published today: PUBLISHED_TARIFFS and PUBLISHED_WAIVERS of @kakunin/billing (a test compares them).
INSERT INTO tariff (id, channel, certificate_class, unit_price, valid_from, recorded_at) VALUES
  ('ocsp-signature', 'ocsp', 'signature', 20, '2023-01-01T00:00:00+09:00', '2023-01-01T00:00:00+09:00'),
  ('ocsp-user-authentication', 'ocsp', 'user-authentication', 2, '2023-01-01T00:00:00+09:00', '2023-01-01T00:00:00+09:00'),
  ('crl-free', 'crl', NULL, 0, '2023-01-01T00:00:00+09:00', '2023-01-01T00:00:00+09:00');

INSERT INTO waiver (id, channel, legal_ground_ja, legal_ground_en, valid_from, recorded_at) VALUES (
  'ocsp-fee-waiver',
  'ocsp',
  '公的個人認証法第67条第1項に基づく失効情報の提供に係る手数料を、令和5年1月1日から当分の間、無料とする取扱いによる。',
  'Fees for the provision of revocation information under Article 67, paragraph 1 of the JPKI Act are waived for the time being from 1 January 2023.',
  '2023-01-01T00:00:00+09:00',
  '2023-01-01T00:00:00+09:00'
);
