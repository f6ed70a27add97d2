-- From which month on raw records and counts by the minute are still there: one row, none before anything was removed.
-- Written by retention/usage-retention.ts alone.
CREATE TABLE usage_retention (
  one           boolean PRIMARY KEY DEFAULT true CHECK (one),
  removed_until text    NOT NULL CHECK (removed_until ~ '^\d{4}-\d{2}$')
);

-- Objects are named by the day on which they were written, so the oldest come first.
CREATE INDEX usage_segment_by_object ON usage_segment (object COLLATE "C") WHERE object IS NOT NULL;
