-- One row per segment of usage that was counted. Its key is what makes counting happen once; its hash is what makes
-- a second, different segment under the same key visible.
CREATE TABLE usage_segment (
  producer     text           NOT NULL,
  sequence     bigint         NOT NULL,
  sha256       bytea          NOT NULL CHECK (octet_length(sha256) = 32),
  record_count integer        NOT NULL CHECK (record_count >= 0),
  counted_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (producer, sequence)
);

-- How far each journal was counted. A producer numbers its segments from 1 without gaps: fewer segments than
-- highest_sequence means that some are missing.
CREATE TABLE usage_producer (
  producer         text           PRIMARY KEY,
  segment_count    bigint         NOT NULL,
  highest_sequence bigint         NOT NULL,
  last_counted_at  timestamptz(3) NOT NULL
);

CREATE TABLE usage_count (
  minute            timestamptz(3) NOT NULL CHECK (date_trunc('minute', minute, 'UTC') = minute),
  platform_provider text           NOT NULL,
  service_provider  text           NOT NULL,
  authority_id      text           NOT NULL,
  certificate_class text           NOT NULL,
  carrier           text           NOT NULL,
  channel           text           NOT NULL,
  purpose           text           NOT NULL,
  outcome           text           NOT NULL,
  quantity          bigint         NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (
    minute, platform_provider, service_provider, authority_id,
    certificate_class, carrier, channel, purpose, outcome
  )
);
