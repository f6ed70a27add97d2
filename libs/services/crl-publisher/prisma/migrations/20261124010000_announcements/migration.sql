-- Pointers that are about to move: what is left here by a publisher that died is announced by the next one.
CREATE TABLE crl_announcement (
  authority_id text           NOT NULL,
  crl_number   numeric(48, 0) NOT NULL,
  -- @kakunin/publication CrlPublished
  event        jsonb          NOT NULL,
  intended_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (authority_id, crl_number)
);

-- The outbox: events that wait, in the transaction that makes them true, to be put on the event log.
-- A service copies this file, as it stands, into a migration of its own.
CREATE TABLE outbox_event (
  -- The event's sequence. Events of one key get their ids in the order in which their transactions commit.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  key text NOT NULL,
  -- JSON, as it goes on the log.
  value text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Rows live for milliseconds: without this, the dead ones before the first live one are walked through again and again.
ALTER TABLE outbox_event SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Who the events are from. Ids begin at 1 in every new database: so every database is a producer of its own. Whoever
-- restores an older backup must give it a new name, because ids that the log has seen will be used again.
CREATE TABLE outbox_producer (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  producer text NOT NULL
);
INSERT INTO outbox_producer (producer) VALUES (current_database() || '-' || gen_random_uuid());
