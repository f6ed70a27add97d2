-- The event log: topics, their partitions, the events, and how far each consumer group got.

CREATE TABLE event_log_topic (
  name text PRIMARY KEY,
  partitions integer NOT NULL CHECK (partitions > 0),
  -- NULL: for ever
  retention_ms bigint CHECK (retention_ms > 0)
);

-- The row of a partition is the lock that appends to it take: offsets are dense, and become visible in their order.
CREATE TABLE event_log_partition (
  topic text NOT NULL REFERENCES event_log_topic (name),
  partition integer NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

CREATE TABLE event_log_event (
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  appended_at timestamptz NOT NULL,
  key text NOT NULL,
  -- json keeps the text as it came; jsonb would refuse some strings
  headers json NOT NULL,
  value bytea NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);

CREATE TABLE event_log_commit (
  consumer_group text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 50);
