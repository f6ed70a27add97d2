-- For tables whose rows are only ever added: what was once known, or issued, stays.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

-- Tariffs, waivers and commitments in both times. The latest revision of an id that was recorded by an instant is what
-- was known then; PriceBook of @kakunin/billing says which revisions may stand together. An absent part of the scope
-- means all. Days begin in Tokyo.
CREATE TABLE price_revision (
  -- Whose prices: empty for the fees that this service bills, else the platform provider that resells.
  issuer            text           NOT NULL,
  kind              text           NOT NULL CHECK (kind IN ('tariff', 'waiver', 'commitment')),
  id                text           NOT NULL,
  recorded_at       timestamptz(3) NOT NULL,
  customer          text,
  service_provider  text,
  certificate_class text,
  carrier           text,
  channel           text,
  purpose           text,
  valid_from        timestamptz(3) NOT NULL CHECK (date_trunc('day', valid_from, 'Asia/Tokyo') = valid_from),
  valid_to          timestamptz(3)          CHECK (date_trunc('day', valid_to, 'Asia/Tokyo') = valid_to),
  -- What is particular to the kind, as the API has it: yen are decimal strings.
  terms             jsonb          NOT NULL CHECK (jsonb_typeof(terms) = 'object'),
  PRIMARY KEY (issuer, kind, id, recorded_at),
  CHECK (valid_from < valid_to)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON price_revision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Until when an issuer's prices are settled: whatever is recorded from now on bears a later instant. The row is the lock
-- of the book: changes come one after the other.
CREATE TABLE price_book (
  issuer      text           PRIMARY KEY,
  known_until timestamptz(3) NOT NULL
);

-- The prices of before kept the latest alone: it becomes the first revision. When an end was recorded, audit_entry says.
INSERT INTO price_revision
  SELECT '', 'tariff', id, recorded_at, customer, NULL, certificate_class, carrier, channel, purpose, valid_from, valid_to,
         jsonb_build_object(
           'price', jsonb_build_object('kind', 'unit', 'unitPrice', unit_price::text), 'taxCategory', 'non_taxable')
  FROM tariff
  UNION ALL
  SELECT '', 'waiver', id, recorded_at, customer, NULL, certificate_class, carrier, channel, purpose, valid_from, valid_to,
         jsonb_build_object('legalGround', jsonb_build_object('ja', legal_ground_ja, 'en', legal_ground_en))
  FROM waiver;

INSERT INTO price_book SELECT '', max(recorded_at) FROM price_revision;

DROP TABLE tariff;
DROP TABLE waiver;
