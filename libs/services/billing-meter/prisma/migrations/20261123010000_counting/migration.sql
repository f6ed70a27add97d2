-- Where the octets of a segment lie in the archive, and when its journal sealed it. Segments that were counted before
-- this migration are in no object.
ALTER TABLE usage_segment
  ADD COLUMN object        text,
  ADD COLUMN object_offset bigint,
  ADD COLUMN object_length integer,
  ADD COLUMN sealed_at     timestamptz(3),
  ADD CHECK ((object IS NULL) = (object_offset IS NULL) AND (object IS NULL) = (object_length IS NULL));

-- contiguous_sequence: no number is missing up to here; complete_until: when that segment was sealed.
ALTER TABLE usage_producer
  ADD COLUMN kind                text   NOT NULL DEFAULT 'journal' CHECK (kind IN ('journal', 'events')),
  ADD COLUMN contiguous_sequence bigint NOT NULL DEFAULT 0,
  ADD COLUMN complete_until      timestamptz(3),
  ADD COLUMN retired_at          timestamptz(3),
  ADD COLUMN given_up            bigint NOT NULL DEFAULT 0 CHECK (given_up >= 0);
UPDATE usage_producer SET contiguous_sequence = highest_sequence WHERE segment_count = highest_sequence;
ALTER TABLE usage_producer ALTER COLUMN kind DROP DEFAULT;

-- What all rating reads: prices change at midnight in Tokyo only. First checks are null where no tariff priced them.
-- Every batch updates rows of today, in place while their page has room.
CREATE TABLE usage_day (
  day               date   NOT NULL,
  platform_provider text   NOT NULL,
  service_provider  text   NOT NULL,
  authority_id      text   NOT NULL,
  certificate_class text   NOT NULL,
  carrier           text   NOT NULL,
  channel           text   NOT NULL,
  purpose           text   NOT NULL,
  outcome           text   NOT NULL,
  quantity          bigint NOT NULL CHECK (quantity > 0),
  first_month       bigint CHECK (first_month BETWEEN 0 AND quantity),
  first_year        bigint CHECK (first_year BETWEEN 0 AND quantity),
  PRIMARY KEY (
    day, platform_provider, service_provider, authority_id,
    certificate_class, carrier, channel, purpose, outcome
  ),
  CHECK ((first_month IS NULL) = (first_year IS NULL))
) WITH (fillfactor = 70);
INSERT INTO usage_day (
  day, platform_provider, service_provider, authority_id, certificate_class, carrier, channel, purpose, outcome, quantity
)
SELECT (minute AT TIME ZONE 'Asia/Tokyo')::date, platform_provider, service_provider, authority_id,
       certificate_class, carrier, channel, purpose, outcome, sum(quantity)
FROM usage_count
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- Which journal recorded how much, for reconciliation. `chargeable` is by the rule of @kakunin/billing.
CREATE TABLE usage_producer_day (
  producer          text   NOT NULL,
  day               date   NOT NULL,
  platform_provider text   NOT NULL,
  records           bigint NOT NULL CHECK (records > 0),
  chargeable        bigint NOT NULL CHECK (chargeable BETWEEN 0 AND records),
  PRIMARY KEY (day, producer, platform_provider)
) WITH (fillfactor = 70);

-- Segments that are counted and not yet in the customer's ledger. The counting adds rows, the projection removes them.
CREATE TABLE ledger_pending (
  customer     text   NOT NULL,
  producer     text   NOT NULL,
  sequence     bigint NOT NULL,
  earliest_day date   NOT NULL,
  PRIMARY KEY (customer, producer, sequence)
);

-- Which certificate was seen in which period (2026-11 or 2026), by its keyed digest, where first checks are priced.
CREATE TABLE first_check (
  period           text  NOT NULL,
  customer         text  NOT NULL,
  service_provider text  NOT NULL,
  channel          text  NOT NULL,
  digest           bytea NOT NULL CHECK (octet_length(digest) = 16),
  PRIMARY KEY (period, customer, service_provider, channel, digest)
);
