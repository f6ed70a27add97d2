-- How far each customer's ledger is: the tree that holds every segment of its that was projected. Written by
-- ledger/ledger-projection-store.ts alone, as is ledger_producer_day. A statement names the row that it was closed with.
CREATE TABLE ledger_head (
  customer text           PRIMARY KEY,
  origin   text           NOT NULL,
  size     bigint         NOT NULL CHECK (size > 0),
  root     bytea          NOT NULL CHECK (octet_length(root) = 32),
  at       timestamptz(3) NOT NULL
);

-- Leaves by journal and day in Japan, for reconciliation: each leaf is counted in the transaction that removes its
-- segment from ledger_pending.
CREATE TABLE ledger_producer_day (
  customer text   NOT NULL,
  producer text   NOT NULL,
  day      date   NOT NULL,
  leaves   bigint NOT NULL CHECK (leaves > 0),
  PRIMARY KEY (customer, producer, day)
);
CREATE INDEX ledger_producer_day_by_day ON ledger_producer_day (day);

-- The projection takes segments in the order of their journals, and reads each once for all customers in it.
CREATE INDEX ledger_pending_by_segment ON ledger_pending (producer, sequence);
