-- Blocks of callers end by themselves, later each time. NULL: when somebody has looked into it, as all before this.
ALTER TABLE probing_block
  ADD COLUMN blocked_until bigint,
  ADD COLUMN times int NOT NULL DEFAULT 1 CHECK (times > 0);
